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
  refused: { serverMessage: null },
  user: { id: "1", name: "ada" },
  api: "/orders",
  order: { item: "milk" },
});

export const flows = {
  lifetime: 9 * 60 * 60,
  async revoke(app, backend) {
    const { body } = await sendCookies(app, backend, "GET", "/auth/csrf");
    await sendCookies(app, backend, "POST", "/auth/signout", undefined, JSON.parse(body));
  },
  ends: { reason: "session_ended" },
};
