import { put } from "../lib/folder.js";
import { sendCookies } from "../lib/held.js";
import { startNode } from "../lib/node.js";

export const start = async (page) => ({
  ...(await startNode(async (folder) => {
    await put(folder, "package.json", '{ "type": "module" }');
    await put(folder, "server.js", page.named("server.js"));
    return "server.js";
  })),
  scope: { password: "correct horse" },
  credentials: { username: "ada", password: "correct horse" },
  wrong: { username: "ada", password: "battery staple" },
  refused: { status: 401, serverMessage: "Bad username or password" },
  user: { sub: "1", name: "ada" },
  api: "/orders",
  order: { item: "milk" },
});

/** What shows the same by default. */
export const alike = "directus-cookie: the refresh token in a cookie, which rotates";

export const flows = {
  lifetime: 11 * 60,
  refresh: "POST /auth/refresh",
  revoke: (app, backend) => sendCookies(app, backend, "POST", "/auth/logout"),
  ends: { reason: "refresh_refused", serverMessage: "Refresh token was used or revoked" },
};
