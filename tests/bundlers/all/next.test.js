// Next.js, App Router: a client component that the server renders first. It is large and slow, so only the tier `all` has it. What
// shows the same by default: webpack and Rspack in their own tests, with the same file address; that a server renders the
// wait and the page hydrates from it, tests/frameworks/react-probe.test.js.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { freePort } from "../../backends/lib/process.js";
import { launch, openPage } from "../../packaging/lib/browser.js";
import { startServer } from "../../packaging/lib/server.js";
import { all } from "../lib/all.js";
import { signedIn } from "../lib/matrix.js";
import { openWorkspace } from "../lib/workspace.js";

const run = promisify(execFile);
const next = join(all, "node_modules/next/dist/bin/next");
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

let workspace;
let browser;
let server;
before(async () => {
  workspace = await openWorkspace(all);
  browser = await launch();
  server = await startServer();
});
after(async () => {
  await server?.close();
  await browser?.close();
  await workspace?.remove();
});

for (const bundler of ["turbopack", "webpack"]) {
  describe(`Next.js with ${bundler}`, () => {
    let cwd;
    let env;
    before(async () => {
      cwd = join(workspace.root, bundler);
      env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", BACKEND: server.origin };
      delete env.NODE_TEST_CONTEXT;
      await cp(here("app"), cwd, { recursive: true });
      await cp(here("../apps/sign-in.js"), join(cwd, "app/sign-in.js"));
    });

    test("builds, is rendered by the server, is hydrated and signs in", async () => {
      const { stdout, stderr } = await run(process.execPath, [next, "build", `--${bundler}`], { cwd, env });
      assert.doesNotMatch(stdout + stderr, /warn|error/i);
      const port = await freePort();
      const app = spawn(process.execPath, [next, "start", "--port", `${port}`], { cwd, env });
      const ended = new Promise((resolve) => app.on("exit", resolve));
      let said = "";
      for (const stream of [app.stdout, app.stderr]) stream.on("data", (text) => (said += text));
      try {
        await ready(app);
        const url = `http://localhost:${port}/`;
        const rendered = await fetch(url);
        assert.equal(rendered.status, 200);
        assert.match(await rendered.text(), /<p>nobody<\/p>/);
        const expected = { plain: signedIn, onDemand: signedIn };
        assert.deepEqual(await openPage(browser, url), { value: expected, complaints: [] });
        assert.doesNotMatch(said, /warn|error/i);
      } finally {
        app.kill();
        await ended;
      }
    });
  });
}

/** Resolves when the app says that it is. */
function ready(app) {
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (text) => {
      said += text;
      if (/Ready in/.test(said)) resolve();
    };
    app.stdout.on("data", listen);
    app.stderr.on("data", listen);
    app.on("exit", (code) => reject(new Error(`next start ended with ${code}: ${said}`)));
  });
}
