// Where there is no page: Node, and Deno and Bun where their binaries are to be had.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { onlyInAll } from "../lib/tier.js";
import { startServer } from "../packaging/lib/server.js";
import { binary } from "./lib/all.js";
import { openWorkspace } from "./lib/workspace.js";

const run = promisify(execFile);

const RUNTIMES = {
  Node: [process.execPath],
  ...onlyInAll("Node, which like them has `fetch` and keeps no cookies; the core is the same WebAssembly", {
    Deno: [binary("@deno", "deno"), "run", "--allow-net", "--no-lock", "--node-modules-dir=manual"],
    Bun: [binary("@oven", "bin/bun"), "run"],
  }),
};

const whole = { user: "Ada Lovelace", status: 200, renewed: "Ada Lovelace", then: "signed-in", end: "signed-out" };
const EXPECTED = {
  jwt: whole,
  // `fetch` keeps no cookie here: the refresh token is not sent, and the answer to that ends the session.
  hybrid: { ...whole, renewed: "signed_out", then: "signed-out" },
  // Neither is that of the session, and `login()` says so.
  session: { ...whole, user: "response_invalid", status: 401, renewed: "signed_out", then: "signed-out" },
  slim: { ...whole, end: "signed-in" },
};

let workspace;
let server;
before(async () => {
  workspace = await openWorkspace();
  await cp(fileURLToPath(new URL("apps/runtime.js", import.meta.url)), join(workspace.root, "runtime.js"));
  server = await startServer();
});
after(async () => {
  await server?.close();
  await workspace?.remove();
});

for (const [name, [file, ...args]] of Object.entries(RUNTIMES)) {
  test(`${name}: every mode does what it can without cookies, and the program ends`, { skip: !file && "no binary here" }, async () => {
    const options = { cwd: workspace.root, timeout: 20_000, env: { PATH: process.env.PATH, HOME: workspace.root } };
    const { stdout, stderr } = await run(file, [...args, "runtime.js", server.origin], options);
    assert.deepEqual(JSON.parse(stdout), EXPECTED);
    assert.equal(stderr, "");
  });
}

describe("importing", () => {
  for (const entry of ["hallpass", "hallpass/slim", "hallpass/axios"]) {
    test(`${entry} in Node leaves no trace, and the program ends`, async () => {
      // What axios itself does is not the question: it is there before.
      const text = `await import("axios");
        const [names, handles] = [Reflect.ownKeys(globalThis), process.getActiveResourcesInfo().length];
        await import(${JSON.stringify(entry)});
        const added = Reflect.ownKeys(globalThis).filter((name) => !names.includes(name)).map(String);
        console.log(JSON.stringify({ added, handles: process.getActiveResourcesInfo().length - handles }));`;
      const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "--eval", text], { cwd: workspace.root, timeout: 30_000 });
      assert.deepEqual(JSON.parse(stdout), { added: [], handles: 0 });
      assert.equal(stderr, "");
    });
  }
});
