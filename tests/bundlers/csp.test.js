// The strictest policy that an app can have: nothing but its own scripts and requests, and no text that becomes code.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "vite";
import { launch, openPage } from "../packaging/lib/browser.js";
import { EXPECTED } from "./lib/matrix.js";
import { startServer } from "../packaging/lib/server.js";
import { openWorkspace } from "./lib/workspace.js";

const TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types 'none'";
const policy = (scripts) => `default-src 'none'; script-src ${scripts}; connect-src 'self'; ${TRUSTED_TYPES}`;
const STRICT = policy("'self' 'wasm-unsafe-eval'");
const NO_WASM = policy("'self'");

/** Where each way to ship an app is found. */
const served = {};
let workspace;
let browser;
let server;
before(async () => {
  workspace = await openWorkspace();
  browser = await launch();
  const statics = { "/": workspace.root };
  for (const name of ["login", "slim"]) {
    const root = await workspace.app(name);
    await build({ root, base: `/${name}/out/`, configFile: false, logLevel: "error", build: { outDir: join(root, "out") } });
    served[`${name}, built`] = { name, path: `/${name}/out/index.html` };
    served[`${name}, without a bundler`] = { name, path: await unbundled(root, name) };
  }
  server = await startServer({ statics });
});
after(async () => {
  await server?.close();
  await browser?.close();
  await workspace?.remove();
});

for (const kind of ["login, built", "login, without a bundler", "slim, built", "slim, without a bundler"]) {
  test(`${kind}: works under the strictest policy, and nothing is reported`, async () => {
    const { name, path } = served[kind];
    const { value, complaints, violations } = await openUnder(STRICT, path);
    assert.deepEqual({ value, complaints, violations }, { value: EXPECTED[name], complaints: [], violations: [] });
  });

  test(`${kind}: without 'wasm-unsafe-eval' the error names it`, async () => {
    const { value, violations } = await openUnder(NO_WASM, served[kind].path, true);
    assert.match(value.error, /^AuthError: the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval'/);
    assert.ok(violations.length > 0, "it is reported");
    assert.ok(violations.every((violation) => violation === "script-src wasm-eval"), `${violations}`);
  });
}

/** The same app by addresses that a browser resolves itself; an import map in the page would be an inline script. */
async function unbundled(root, name) {
  const script = await readFile(join(root, "main.js"), "utf8");
  const entry = (text) => text.replace(/"hallpass\/slim"/, '"/node_modules/hallpass/slim.js"').replace(/"hallpass"/, '"/node_modules/hallpass/index.js"');
  await writeFile(join(root, "unbundled.js"), entry(script));
  await writeFile(join(root, "wasm.js"), 'export default "/node_modules/hallpass/dist/hallpass.wasm";\n');
  await writeFile(join(root, "unbundled.html"), '<!doctype html><script type="module" src="unbundled.js"></script>');
  return `/${name}/unbundled.html`;
}

/** As `openPage`, under a policy of the test's own, with what the browser reported against it; where `isBroken`, that is waited for. */
async function openUnder(csp, path, isBroken = false) {
  const violations = [];
  const url = `${server.origin}${path}`;
  const opened = await openPage(browser, url, async (page) => {
    await page.exposeFunction("violated", (violation) => violations.push(violation));
    await page.addInitScript((isBroken) => {
      const told = new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
          resolve(globalThis.violated(`${effectiveDirective} ${blockedURI}`));
        });
      });
      if (!isBroken) return;
      // The event comes in a task of its own, after the error.
      const { report } = globalThis;
      globalThis.report = (value) => told.then(() => report(value));
    }, isBroken);
    await page.route(url, async (route) => {
      const response = await route.fetch();
      // The icon is an image by data: URL, which is of the test and not of the app.
      const body = (await response.text()).replace(/<link rel="icon"[^>]*>/, "");
      await route.fulfill({ response, body, headers: { "content-type": "text/html", "content-security-policy": csp } });
    });
  });
  return { ...opened, violations };
}
