// Where WebAssembly is forbidden or missing, the error says so.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startBackend } from "./lib/backend.js";
import { launch, openPage } from "./lib/browser.js";
import { installPackage } from "./lib/package.js";

const page = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>';
const attempt = (before = "") => `${before}
  const { createAuth, isAuthError } = await import("/node_modules/hallpass/index.js");
  await createAuth({ mode: "session" }).then(
    (auth) => report({ status: auth.status }),
    (error) => report({ code: error.code, message: error.message, is: isAuthError(error), retryable: error.retryable }),
  );`;

let hallpass;
let browser;
before(async () => {
  hallpass = await installPackage();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await hallpass?.remove();
});

async function open(script, csp) {
  await writeFile(join(hallpass.root, "main.js"), script);
  const backend = await startBackend({ root: hallpass.root, pages: { "/": page }, csp });
  try {
    return (await openPage(browser, backend.origin)).value;
  } finally {
    await backend.close();
  }
}

test("a policy without 'wasm-unsafe-eval' is named", async () => {
  const error = await open(attempt(), "default-src 'self'");
  assert.equal(error.code, "unsupported");
  assert.match(error.message, /'wasm-unsafe-eval'/);
  assert.equal(error.is, true);
  assert.equal(error.retryable, false);
});

test("'wasm-unsafe-eval' is all that a policy has to allow", async () => {
  const outcome = await open(attempt(), "default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'");
  assert.deepEqual(outcome, { status: "signed-out" });
});

test("an engine without WebAssembly is named", async () => {
  const error = await open(attempt("delete globalThis.WebAssembly;"));
  assert.equal(error.code, "unsupported");
  assert.match(error.message, /WebAssembly/);
  assert.equal(error.is, true);
});

for (const name of ["fetch", "Request", "Headers", "URL", "AbortController", "TextDecoder", "TextEncoder", "performance"]) {
  test(`an environment without ${name} is named, as is one that loses it later`, async () => {
    const script = (when) => `
      const { createAuth } = await import("/node_modules/hallpass/index.js");
      ${when}
      delete globalThis.${name};
      report(await createAuth({ mode: "session" }).then(() => "made", ({ code, message, retryable }) => [code, message, retryable]));`;
    const expected = ["unsupported", `this environment has no ${name}`, false];
    assert.deepEqual(await open(script("")), expected);
    assert.deepEqual(await open(script('(await createAuth({ mode: "session" })).dispose();')), expected);
  });
}

test("an environment without BroadcastChannel or locks is none that lacks something", async () => {
  const seen = await open('delete globalThis.BroadcastChannel; delete Navigator.prototype.locks;' + attempt());
  assert.deepEqual(seen, { status: "signed-out" });
});
