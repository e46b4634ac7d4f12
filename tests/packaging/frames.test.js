// Frames whose URL is not that of a page: `srcdoc`, `about:blank`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { somebody, startBackend } from "./lib/backend.js";
import { launch } from "./lib/browser.js";
import { installPackage } from "./lib/package.js";

let hallpass;
let browser;
let backend;
let page;
before(async () => {
  hallpass = await installPackage();
  browser = await launch();
  backend = await startBackend({ me: somebody, root: hallpass.root, pages: { "/page": "<!doctype html><title>page</title>" } });
  page = await browser.newPage();
  await page.goto(`${backend.origin}/page`);
});
after(async () => {
  await browser?.close();
  await backend?.close();
  await hallpass?.remove();
});

/** A frame with these attributes, once it has loaded. */
const frameWith = (attributes) =>
  page.evaluateHandle(async (attributes) => {
    const frame = Object.assign(document.createElement("iframe"), attributes);
    await new Promise((loaded) => {
      frame.onload = loaded;
      document.body.append(frame);
    });
    return frame;
  }, attributes).then((handle) => handle.asElement().contentFrame());

const attempt = async ([origin, options]) => {
  const { createAuth } = await import(`${origin}/node_modules/hallpass/index.js`);
  return createAuth(options).then(
    async (auth) => {
      const call = (init) => auth.authFetch("/page", init).then(({ status }) => status, ({ name }) => name);
      return { status: auth.status, get: await call(), post: await call({ method: "POST" }) };
    },
    ({ code, option }) => ({ code, option }),
  );
};

for (const [name, attributes] of [["srcdoc", { srcdoc: "<!doctype html><title>inner</title>" }], ["about:blank", { src: "about:blank" }]]) {
  test(`a frame of ${name} is signed in as the page around it`, async () => {
    const frame = await frameWith(attributes);
    assert.deepEqual(await frame.evaluate(attempt, [backend.origin, { mode: "session", key: name }]), { status: "signed-in", get: 200, post: 200 });
  });
}
