// What each page's quick start promises, whatever the framework.
import assert from "node:assert/strict";
import { test } from "node:test";
import { everShown, signIn, visit } from "./visit.js";

/** `ready()` gives `{ browser, backend, url }` once all is set up; `me` is the path by which a reload finds the user. */
export function quickStart(ready, { mode, me }) {
  const visitor = async (t) => {
    const world = ready();
    const one = await visit(world.browser);
    t.after(() => one.close());
    return { ...world, one };
  };

  test("the form signs in, a call is sent, and the button signs out", async (t) => {
    const { one, url } = await visitor(t);
    const page = await one.open(url);
    await signIn(page, { password: "wrong" });
    await page.waitForFunction(() => document.querySelector("[role=alert]")?.textContent);
    await signIn(page);
    await page.waitForSelector("text=Hello Ada");
    await page.click("text=Load the orders");
    await page.waitForFunction(() => document.querySelector("output").textContent.includes("orders"));
    await page.click("text=Sign out");
    await page.waitForSelector("form");
  });

  test("a reload shows the wait, then the user, and never the form", async (t) => {
    const { one, url, backend } = await visitor(t);
    const page = await one.open(url);
    await signIn(page);
    await page.waitForSelector("text=Hello Ada");
    t.after(() => backend.rules([]));
    // So that a wrong state would have the time to be seen.
    if (me) await backend.rules([{ path: me, delayMs: 300 }]);
    await page.reload();
    await page.waitForSelector("text=Hello Ada");
    const shown = await everShown(page);
    assert.equal(shown[0], "One moment…");
    assert.match(shown[1], /^Hello Ada/);
    assert.equal(shown.length, 2, shown.join(" | "));
  });

  test("without a session it is the wait, then the form, and never the page", async (t) => {
    const { one, url } = await visitor(t);
    const page = await one.open(url);
    await page.waitForSelector("form");
    const shown = await everShown(page);
    assert.equal(shown[0], "One moment…");
    assert.ok(!shown.some((text) => text.includes("Hello")), shown.join(" | "));
  });

  test("a logout in another tab shows here", async (t) => {
    const { one, url } = await visitor(t);
    const here = await one.open(url);
    await signIn(here);
    await here.waitForSelector("text=Hello Ada");
    const there = await one.open(url);
    await there.waitForSelector("text=Hello Ada");
    await there.click("text=Sign out");
    await there.waitForSelector("form");
    await here.waitForSelector("form");
  });

  test(`the backend knows the session in ${mode} mode as ended after the logout`, async (t) => {
    const { one, url } = await visitor(t);
    const page = await one.open(url);
    await signIn(page);
    await page.waitForSelector("text=Hello Ada");
    await page.click("text=Sign out");
    await page.waitForSelector("form");
    await page.reload();
    await page.waitForSelector("form");
    assert.ok(!(await everShown(page)).some((text) => text.includes("Hello")));
  });
}

/** A guard of routes: `/orders` needs a user, `/login` has the form. */
export function guarded(ready) {
  test("somebody who is signed out gets the login, then the page that was asked for", async (t) => {
    const { browser, url } = ready();
    const one = await visit(browser);
    t.after(() => one.close());
    const page = await one.open(`${url}/orders`);
    await page.waitForSelector("form");
    assert.equal(new URL(page.url()).pathname, "/login");
    assert.ok(!(await everShown(page)).some((text) => text.includes("Hello")), "the page was not shown");
    await signIn(page);
    await page.waitForSelector("text=Hello Ada");
    assert.equal(new URL(page.url()).pathname, "/orders");

    await page.reload();
    await page.waitForSelector("text=Hello Ada");
    assert.equal(await page.locator("form").count(), 0);
    assert.equal(new URL(page.url()).pathname, "/orders");

    const other = await one.open(`${url}/orders`);
    await other.waitForSelector("text=Hello Ada");
    await other.click("text=Sign out");
    await other.waitForSelector("form");
    await page.waitForSelector("form");
    assert.equal(new URL(page.url()).pathname, "/login");
  });
}
