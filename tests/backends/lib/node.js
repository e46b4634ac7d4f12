// Servers in Node, with the packages of these tests.
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { modules } from "../../lib/modules.js";
import { inFolder, put } from "./folder.js";
import { freePort, startServer } from "./process.js";

/** `write(folder)` writes the server there, and gives what Node is to run. `url` is what answers when it is up. */
export const startNode = (write, url = "/") =>
  inFolder(async (folder) => {
    await symlink(modules, join(folder, "node_modules"), "junction");
    const file = await write(folder);
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const env = { ...process.env, PORT: String(port), NODE_ENV: "development" };
    const options = { cwd: folder, env, movable: true };
    const server = await startServer(process.execPath, ["--no-warnings", file], options, origin + url);
    return { ...server, origin };
  });

/** The page's own `server.js`, which has one user. */
export const startModule = async (page) => ({
  ...(await startNode(async (folder) => {
    await put(folder, "package.json", '{ "type": "module" }');
    await put(folder, "server.js", page.named("server.js"));
    return "server.js";
  })),
  scope: { password: "correct horse" },
  credentials: { username: "ada", password: "correct horse" },
  wrong: { username: "ada", password: "battery staple" },
  api: "/orders",
  order: { item: "milk" },
});
