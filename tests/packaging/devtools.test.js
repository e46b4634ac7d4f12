// `hallpass/devtools`: the panel in a page with a strict policy, and its faults against the reference backend.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { violations } from "./lib/axe.js";
import { launch } from "./lib/browser.js";
import { installPackage, runNode } from "./lib/package.js";
import { startServer } from "./lib/server.js";

const HTML = '<!doctype html><html lang="en"><title>An app</title><link rel="icon" href="data:,"><main><h1>An app</h1></main>';

let hallpass;
let folder;
let server;
let browser;
before(async () => {
  hallpass = await installPackage();
  folder = await mkdtemp(join(tmpdir(), "hallpass-devtools-"));
  await writeFile(join(folder, "index.html"), HTML);
  server = await startServer({ statics: { "/": folder, "/pkg": hallpass.installed }, args: ["--faults"] });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
  await hallpass?.remove();
});

/** A page with a client that has Ada signed in, `auth`, and the panel. */
async function open(t, { mode = "jwt", width = 1280 } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 800 } });
  t.after(() => context.close());
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && !message.text().startsWith("Failed to load resource") && errors.push(message.text()));
  t.after(() => assert.deepEqual(errors, []));
  await page.goto(server.origin);
  await page.evaluate(async (mode) => {
    // A style of the app does not reach the panel.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("button { display: none }");
    document.adoptedStyleSheets = [sheet];
    const [{ createAuth }, { showDevtools }] = await Promise.all([import("/pkg/index.js"), import("/pkg/devtools.js")]);
    const at = (name) => `/auth/${mode}/${name}`;
    const endpoints = { login: at("login"), logout: at("logout"), ...(mode === "session" ? { me: at("me") } : { refresh: at("refresh") }) };
    globalThis.auth = await createAuth({ mode, endpoints });
    await auth.login({ email: "ada@example.com", password: "correct horse" });
    globalThis.real = { fetch, now: Date.now };
    globalThis.remove = showDevtools(auth, { open: true });
    globalThis.call = async () => (await auth.authFetch(`/api/${mode}/orders`)).status;
    globalThis.count = (line) => auth.journal().filter(({ event }) => event === line).length;
    globalThis.refreshes = () => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/refresh")).length;
  }, mode);
  await page.getByText("Ada").waitFor();
  return page;
}

const press = async (page, name, note) => {
  await page.getByRole("button", { name }).click();
  await page.getByRole("status").filter({ hasText: note }).waitFor();
};

test("it shows who is signed in, the life of the token, and the journal", async (t) => {
  const page = await open(t);
  await page.getByText(/hallpass.*signed in · Ada.* · \d+ s left/).waitFor();
  await page.getByRole("img", { name: "Time line of the access token" }).waitFor();
  const lines = page.getByRole("list", { name: "Journal, newest first" });
  await lines.getByText("signed in", { exact: true }).waitFor();
  await page.evaluate(() => auth.logout());
  await lines.getByText("signed out: logout").waitFor();
  await page.getByText("signed out · logout").waitFor();
});

test("it folds, by keyboard too", async (t) => {
  const page = await open(t);
  const head = page.getByRole("button", { name: /hallpass/ });
  await head.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("status").waitFor({ state: "hidden" });
  assert.equal(await head.getAttribute("aria-expanded"), "false");
  await page.keyboard.press("Enter");
  await page.getByRole("status").waitFor({ state: "attached" });
  assert.equal(await head.getAttribute("aria-expanded"), "true");
});

test("a token that is refused from now on is renewed once, for many calls", async (t) => {
  const page = await open(t);
  await press(page, "Expire the token", "refused from now on");
  const seen = await page.evaluate(async () => ({
    statuses: [...new Set(await Promise.all(Array.from({ length: 10 }, call)))],
    refreshed: count("refreshed"),
  }));
  assert.deepEqual(seen, { statuses: [200], refreshed: 1 });
});

test("one call is answered 401, and the page has its own fetch again", async (t) => {
  const page = await open(t);
  await press(page, "401 to the next call", "answered 401");
  const seen = await page.evaluate(async () => [await call(), count("refused by the API"), await call(), count("refused by the API"), fetch === real.fetch]);
  assert.deepEqual(seen, [200, 1, 200, 1, true]);
});

test("a refresh whose answer is dropped has reached the server, and is made up for", async (t) => {
  const page = await open(t);
  await press(page, "Drop the next refresh answer", "does not arrive");
  assert.equal(await page.evaluate(() => auth.refresh().catch(({ code }) => code)), "refresh_unavailable");
  // The browser tells of a request a little after it has ended.
  await page.waitForFunction(() => refreshes() === 1);
  assert.deepEqual(await page.evaluate(() => [auth.status, fetch === real.fetch]), ["signed-in", true]);
});

test("a clock that is an hour ahead signs nobody out", async (t) => {
  const page = await open(t);
  await press(page, "Skew the clock", "an hour ahead");
  assert.equal(await page.evaluate(() => call()), 200);
  await press(page, "Skew the clock", "right again");
  assert.deepEqual(await page.evaluate(async () => [await call(), auth.status, Date.now === real.now]), [200, "signed-in", true]);
});

test("by cookie there is no token to refuse, and it says so", async (t) => {
  const page = await open(t, { mode: "session" });
  await press(page, "Expire the token", "there is nothing to refuse");
  assert.deepEqual(await page.evaluate(async () => [await call(), fetch === real.fetch]), [200, true]);
});

test("what is removed is gone, with its faults", async (t) => {
  const page = await open(t);
  await press(page, "Expire the token", "refused from now on");
  await press(page, "Skew the clock", "an hour ahead");
  const seen = await page.evaluate(async () => {
    remove();
    return [document.querySelector("hallpass-devtools"), fetch === real.fetch, Date.now === real.now, await call(), count("refused by the API")];
  });
  assert.deepEqual(seen, [null, true, true, 200, 0]);
});

test("a tracer that came before goes on seeing the calls, and one that came later stays", async (t) => {
  const page = await open(t);
  const seen = await page.evaluate(async () => {
    const traced = [];
    const inner = fetch;
    globalThis.fetch = (...args) => (traced.push("before"), inner(...args));
    const button = (name) => [...document.querySelector("hallpass-devtools").shadowRoot.querySelectorAll("button")].find(({ textContent }) => textContent === name);
    const note = document.querySelector("hallpass-devtools").shadowRoot.querySelector("[role=status]");
    const isArmed = new Promise((resolve) => new MutationObserver(resolve).observe(note, { childList: true }));
    button("401 to the next call").click();
    await isArmed;
    const armed = fetch;
    const later = (globalThis.fetch = (...args) => (traced.push("later"), armed(...args)));
    await call();
    return { isThere: fetch === later, kinds: [...new Set(traced)].sort() };
  });
  assert.deepEqual(seen, { isThere: true, kinds: ["before", "later"] });
});

test("axe finds nothing, wide and narrow, and the page scrolls in one direction", async (t) => {
  for (const width of [1280, 320]) {
    const page = await open(t, { width });
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
  }
});

test("without a client it says what it wants, and on a server it does nothing", async () => {
  const { value } = await runNode(
    hallpass.root,
    `import { showDevtools } from "hallpass/devtools";
     showDevtools(undefined)();
     globalThis.document = {};
     try { showDevtools(undefined); } catch ({ message }) { console.log(JSON.stringify(message)); }`,
  );
  assert.match(value, /showDevtools\(\) got no client: give it what createAuth\(\) returned/);
});
