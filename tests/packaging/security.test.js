// The policy that docs/security.md tells to set lets hallpass work, also with Trusted Types.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { somebody, startBackend } from "./lib/backend.js";
import { launch, openPage } from "./lib/browser.js";
import { fences, projectFile } from "./lib/docs.js";
import { installPackage } from "./lib/package.js";

const page = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>';
const script = `
  import { createAuth } from "/node_modules/hallpass/index.js";
  try {
    const { status, user } = await createAuth({ mode: "session" });
    report({ status, name: user.name });
  } catch ({ code, message }) {
    report({ code, message });
  }`;
const expected = { status: "signed-in", name: "Ada" };

let hallpass;
let browser;
before(async () => {
  hallpass = await installPackage();
  browser = await launch();
  // A file, as the policy allows no script inline.
  await writeFile(join(hallpass.root, "main.js"), script);
});
after(async () => {
  await browser?.close();
  await hallpass?.remove();
});

test("the policy of the page is enough", async () => assert.deepEqual(await open(await policy()), expected));

test("Trusted Types may be required", async () => {
  assert.deepEqual(await open(`${await policy()}; require-trusted-types-for 'script'; trusted-types 'none'`), expected);
});

test("a policy without one of its parts is not enough", async () => {
  const lesser = (await policy()).replace(" 'wasm-unsafe-eval'", "");
  assert.equal((await open(lesser)).code, "unsupported");
});

async function policy() {
  const [head] = fences(await projectFile("docs/security.md")).filter(({ text }) => /^Content-Security-Policy:/.test(text));
  return head.text.replace(/\n\s+/g, " ").match(/^Content-Security-Policy: (.*)$/m)[1];
}

async function open(csp) {
  const backend = await startBackend({ me: somebody, root: hallpass.root, pages: { "/": page }, csp });
  try {
    return (await openPage(browser, `${backend.origin}/`)).value;
  } finally {
    await backend.close();
  }
}
