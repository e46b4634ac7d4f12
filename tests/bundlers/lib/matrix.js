// What every bundler has to do.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { onlyInAll } from "../../lib/tier.js";
import { launch, openPage } from "../../packaging/lib/browser.js";
import { startServer } from "../../packaging/lib/server.js";
import { openWorkspace } from "./workspace.js";

export const signedIn = { name: "Ada Lovelace", status: 200, orders: true };

const wrong = "option leeway: is a string; must be a number of seconds";

/** What each app reports. */
export const EXPECTED = {
  login: { plain: signedIn, onDemand: signedIn, wrong, stored: ["hallpass:sealed"], locked: true },
  // Three modules: the empty one by which a start sees whether it may, what unpacks, and what was packed.
  entries: { plain: signedIn, axios: 200, same: signedIn.name, compiled: 3, onDemand: signedIn, wrong },
  slim: { plain: signedIn },
};

const { login, ...apps } = EXPECTED;
/** The apps that each bundler builds. */
const BUILT = { ...apps, ...onlyInAll("`entries`; what is stored, csp.test.js with the same app", { login }) };

/**
 * Builds each app with `build(folder, out)`, which resolves with the warnings, and opens it from the reference backend.
 * `wasm` is the bundler's way to name the file's address. `serve(folder, backend)` starts a development server, if there is one;
 * it resolves with `{ url, close }`.
 */
export function matrix(bundler, { wasm, build, serve }) {
  describe(bundler, () => {
    let workspace;
    let browser;
    before(async () => {
      workspace = await openWorkspace();
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      await workspace?.remove();
    });

    for (const [name, expected] of Object.entries(BUILT)) {
      describe(name, () => {
        let folder;
        before(async () => (folder = await workspace.app(name, wasm)));

        test("build", async () => {
          const out = join(folder, "out");
          assert.deepEqual(await build(folder, out), [], "warnings");
          const server = await startServer({ statics: { "/": out } });
          try {
            assert.deepEqual(await openPage(browser, `${server.origin}/`), { value: expected, complaints: [] });
          } finally {
            await server.close();
          }
          await assertOnce(out, workspace.installed, name === "slim");
        });

        if (serve) {
          test("dev", async () => {
            const server = await startServer();
            const development = await serve(folder, server.origin);
            try {
              assert.deepEqual(await openPage(browser, development.url), { value: expected, complaints: [] });
            } finally {
              await development.close();
              await server.close();
            }
          });
        }
      });
    }
  });
}

/** One glue and one engine: inlined in the scripts, or as a file of its own. */
async function assertOnce(out, installed, isSlim) {
  const engine = await readFile(join(installed, "dist/hallpass.wasm"));
  const names = (await readdir(out, { recursive: true })).filter((name) => !name.endsWith(".map"));
  const scripts = await Promise.all(
    names.filter((name) => /\.m?js$/.test(name)).map((name) => readFile(join(out, name), "utf8")),
  );
  const text = scripts.join("\n");
  const count = (part) => text.split(part).length - 1;
  const files = await Promise.all(
    names.filter((name) => name.endsWith(".wasm")).map((name) => readFile(join(out, name))),
  );
  assert.equal(count(GLUE_MARK), await markedInGlue(installed), "the glue");
  assert.equal(count(await inlineMark(installed)), isSlim ? 0 : 1, "the inlined engine");
  assert.equal(count(engine.subarray(0, 30).toString("base64")), 0, "the engine as a data: URL");
  assert.equal(files.length, isSlim ? 1 : 0, "the engine's file");
  assert.ok(files.every((file) => file.equals(engine)));
}

/** Stands in the glue, and neither in the engine nor elsewhere. */
const GLUE_MARK = "visibilitychange";

const markedInGlue = async (installed) =>
  (await readFile(join(installed, "dist/glue.js"), "utf8")).split(GLUE_MARK).length - 1;

/** Some letters of the inlined engine alone, which no minifier writes in another way. */
async function inlineMark(installed) {
  const text = await readFile(join(installed, "dist/inline.js"), "utf8");
  // It begins with what unpacks it, and the modules of a sign-in's decisions begin with the same.
  const [, unpacker] = /\["([^"]{64,})"/.exec(text);
  const [mark] = /\w{40}/.exec(text.replace(unpacker, ""));
  assert.equal(text.split(mark).length - 1, 1, "a mark that is there once");
  return mark;
}
