// The page's TypeScript as Nest's own compiler makes it.
import ts from "typescript";
import { put } from "../lib/folder.js";
import { sendBearer } from "../lib/held.js";
import { startNode } from "../lib/node.js";

const compilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};

export const start = async (page) => ({
  ...(await startNode(async (folder) => {
    await put(folder, "package.json", '{ "type": "module" }');
    for (const name of ["auth", "main"]) {
      const { outputText } = ts.transpileModule(page.named(`src/${name}.ts`), { compilerOptions });
      await put(folder, `dist/${name}.js`, outputText);
    }
    return "dist/main.js";
  })),
  scope: { password: "correct horse" },
  credentials: { email: "ada@example.com", password: "correct horse" },
  wrong: { email: "ada@example.com", password: "battery staple" },
  refused: { status: 401, serverMessage: "Wrong e-mail address or password" },
  user: { id: 1, name: "Ada" },
  api: "/orders",
  order: { item: "milk" },
});

export const flows = {
  lifetime: 16 * 60,
  refresh: "POST /auth/refresh",
  // Used by somebody else: the server then ends the session.
  revoke: (app, backend) => sendBearer(app, backend, "refresh", "POST", "/auth/refresh"),
  ends: { reason: "refresh_refused", serverMessage: "Refresh token was used or revoked" },
};
