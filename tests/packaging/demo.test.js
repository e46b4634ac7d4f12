// The demo page for everybody: by keyboard, by what reads it out, on a narrow screen, in forced colours.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { violations } from "./lib/axe.js";
import { launch } from "./lib/browser.js";
import { startServer } from "./lib/server.js";

const root = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const MODES = ["session", "jwt", "hybrid"];

let server;
let browser;
before(async () => {
  server = await startServer({ statics: { "/": root("www"), "/pkg": root("pkg") }, args: ["--faults"] });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/** The demo in a mode, signed out, in a context of its own. */
async function open(t, mode, { width = 1280, ...looks } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, ...looks });
  t.after(() => context.close());
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  t.after(() => assert.deepEqual(errors, []));
  await page.goto(`${server.origin}/${mode ? `#${mode}` : ""}`);
  await status(page, "signed out");
  return page;
}

const text = (page, id, part) =>
  page.waitForFunction(([id, part]) => document.getElementById(id).textContent.includes(part), [id, part]);
const status = (page, wanted) => text(page, "status", wanted);
const step = (page, name) => page.click(`[data-testid=tour-${name}]:enabled`);
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.dataset.testid || document.activeElement.tagName);

describe("axe finds nothing", () => {
  for (const mode of MODES) {
    for (const colorScheme of ["light", "dark"]) {
      test(`${mode}, ${colorScheme}, signed out and in, wide and narrow`, async (t) => {
        for (const width of [1280, 380]) {
          const page = await open(t, mode, { colorScheme, width });
          assert.deepEqual(await violations(page), []);
          await step(page, "sign-in");
          await status(page, "signed in");
          await page.click("[data-testid=fault-down]");
          await text(page, "fault-note", "on");
          assert.deepEqual(await violations(page), []);
          await page.click("[data-testid=fault-reset]");
          await text(page, "fault-note", "All is well again");
          await page.context().close();
        }
      });
    }
  }
});

test("it opens in JWT mode", async (t) => {
  const page = await open(t);
  assert.equal(await page.evaluate(() => location.hash), "#jwt");
  assert.ok(await page.isChecked("input[value=jwt]"));
});

for (const mode of ["jwt", "hybrid"]) {
  test(`the first minute in ${mode} mode: fifty refused calls, one refresh`, async (t) => {
    const page = await open(t, mode);
    await step(page, "sign-in");
    await step(page, "expire");
    await step(page, "fifty");
    await text(page, "call-result", "50 × 200");
    await text(page, "call-result", "1 refresh meanwhile");
    await text(page, "count-replays", "50");
    await step(page, "sign-out");
    await status(page, "signed out");
    await text(page, "tour-end", "That was it");
  });
}

test("the first minute in session mode: a new CSRF token, then a session that the server ends", async (t) => {
  const page = await open(t, "session");
  for (const name of ["sign-in", "csrf", "post"]) await step(page, name);
  await text(page, "call-result", "201");
  await text(page, "count-replays", "1");
  await step(page, "revoke");
  await step(page, "call");
  await status(page, "signed out");
  await text(page, "reason", "(session_ended)");
  await text(page, "tour-end", "That was it");
});

test("a step counts too when the page's own buttons take it, and none that is not the next", async (t) => {
  const page = await open(t, "jwt");
  await page.click("[data-testid=call-fifty]");
  await text(page, "call-result", "50 × 401");
  await page.click("[data-testid=sign-in]");
  await status(page, "signed in");
  const current = await page.textContent("#tour [aria-current]");
  assert.match(current, /refuse her token/);
});

test("what a mode does not have is greyed out, and says why", async (t) => {
  const lacks = { session: ["expire", "lost"], jwt: ["csrf"], hybrid: [] };
  for (const mode of MODES) {
    const page = await open(t, mode);
    const off = await page.$$eval("#switches button:disabled", (buttons) => buttons.map(({ dataset }) => dataset.testid.slice(6)));
    assert.deepEqual(off, lacks[mode], mode);
    for (const name of lacks[mode]) assert.match(await page.textContent(`[data-testid=fault-${name}] small`), /There is no|Nothing is refreshed/);
  }
});

test("the focus is never lost", async (t) => {
  const page = await open(t, "jwt");
  await page.focus("[data-testid=sign-in]");
  await page.keyboard.press("Enter");
  await status(page, "signed in");
  assert.equal(await focused(page), "session-title");
  await page.focus("#sign-out");
  await page.keyboard.press("Enter");
  await status(page, "signed out");
  assert.equal(await focused(page), "session-title");
  await page.reload();
  await status(page, "signed out");
  await page.focus("[data-testid=tour-sign-in]");
  for (const next of ["tour-expire", "tour-fifty", "tour-sign-out", "tour-end"]) {
    await page.keyboard.press("Enter");
    await page.waitForFunction((next) => [document.activeElement.dataset.testid, document.activeElement.id].includes(next), next);
  }
});

test("cause and effect are in one view on a narrow screen, which scrolls in one direction", async (t) => {
  const page = await open(t, "jwt", { width: 380 });
  await step(page, "sign-in");
  await step(page, "expire");
  await page.locator("[data-testid=fault-expire]").scrollIntoViewIfNeeded();
  await page.click("[data-testid=call-fifty]");
  await text(page, "strip-result", "50 × 200");
  const strip = await page.locator("#strip").boundingBox();
  assert.ok(strip.y >= 0 && strip.y + strip.height <= 900.5, JSON.stringify(strip));
  assert.match(await page.textContent("#strip-counts"), /refreshes 1 · refused 50 · sent again 50/);
  for (const width of [380, 320]) {
    await page.setViewportSize({ width, height: 900 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
  }
});

test("in forced colours the picture is painted in the colours of the system", async (t) => {
  const page = await open(t, "jwt", { forcedColors: "active" });
  const colours = await page.evaluate(() => {
    const resolved = (colour) => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = colour;
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    };
    return [resolved("var(--ink)"), resolved("CanvasText"), resolved("var(--accent)"), resolved("Highlight")];
  });
  assert.equal(colours[0], colours[1]);
  assert.equal(colours[2], colours[3]);
});

test("the numbers of the journal say what they count", async (t) => {
  const page = await open(t, "jwt");
  await step(page, "sign-in");
  await step(page, "expire");
  await step(page, "fifty");
  await text(page, "journal", "refreshed");
  const lines = await page.$$eval("#journal b", (numbers) => numbers.map(({ textContent }) => textContent));
  assert.ok(lines.length > 3);
  for (const line of lines) assert.match(line, /^(generation|status) \d+$/);
});
