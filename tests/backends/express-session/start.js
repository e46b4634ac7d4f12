// The page's own `server.cjs` in a folder of its own, with Express from its registry.
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modules } from "../../lib/modules.js";
import { freePort, startServer } from "../lib/process.js";

export async function start(page, hallpass) {
  const folder = await mkdtemp(join(tmpdir(), "hallpass-express-"));
  await mkdir(join(folder, "node_modules"));
  for (const name of ["express", "express-session", "csrf-sync"]) {
    await symlink(join(modules, name), join(folder, "node_modules", name), "junction");
  }
  await cp(hallpass.installed, join(folder, "node_modules/hallpass"), { recursive: true });
  await mkdir(join(folder, "public"));
  await writeFile(join(folder, "server.cjs"), page.named("server.cjs"));
  await writeFile(join(folder, "public/index.html"), page.named("public/index.html"));
  await writeFile(join(folder, "public/auth.js"), page.auth);
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const env = { ...process.env, PORT: String(port), NODE_ENV: "development" };
  const server = await startServer(process.execPath, ["server.cjs"], { cwd: folder, env }, origin);
  return {
    origin,
    scope: { email: "ada@example.com", password: "correct horse" },
    credentials: { email: "ada@example.com", password: "correct horse" },
    wrong: { email: "ada@example.com", password: "wrong" },
    user: { id: 1, name: "Ada" },
    api: "/api/orders",
    order: { item: "milk" },
    session: "sid",
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
