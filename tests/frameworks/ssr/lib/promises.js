// What docs/server-rendering.md promises of each framework.
import assert from "node:assert/strict";
import { test } from "node:test";
import { everShown, signIn, visit } from "../../lib/visit.js";

const ADA = { email: "ada@example.com", password: "correct horse" };
const GRACE = { email: "grace@example.com", password: "battery staple" };
const ME = "/auth/session/me";
/** For a page that is never taken over. */
const PATIENCE_MS = 30_000;

/** `ready()` gives what `openServed` gave. `asksOnTheWay`: the server is asked where the page moves on without a reload. */
export function rendersOnBothSides(ready, { asksOnTheWay = true } = {}) {
  const visitor = async (t) => {
    const world = ready();
    const one = await visit(world.browser);
    t.after(() => one.close());
    return { ...world, one };
  };
  const html = async (path, cookie = "") => {
    const response = await fetch(ready().origin + path, { headers: { cookie }, redirect: "manual" });
    return { response, text: await response.text() };
  };
  /** The cookies that a login gives. */
  const cookiesOf = async (who) => {
    const { origin } = ready();
    const headers = { "content-type": "application/json", origin };
    const response = await fetch(`${origin}/auth/session/login`, { method: "POST", headers, body: JSON.stringify(who) });
    assert.equal(response.status, 200);
    return response.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  };
  const signedIn = async (one, path) => {
    const page = await one.open(ready().origin + path);
    await page.waitForURL(({ pathname }) => pathname === "/login");
    await signIn(page);
    await headed(page, "Hello Ada").waitFor();
    return page;
  };

  test("somebody who is signed out gets HTML without a user, and the server sends them to the login", async () => {
    const { origin } = ready();
    const home = await html("/");
    assert.equal(home.response.status, 200);
    assert.match(home.text, /Welcome/);
    assert.doesNotMatch(home.text, /Ada/);
    const { response } = await html("/orders?page=2");
    assert.ok([302, 303, 307].includes(response.status), `${response.status}`);
    const login = new URL(response.headers.get("location"), origin);
    assert.deepEqual([login.origin, login.pathname, login.searchParams.get("to")], [origin, "/login", "/orders?page=2"]);
  });

  test("a user gets HTML of their own, which no cache keeps", async () => {
    const cookie = await cookiesOf(ADA);
    const { response, text } = await html("/orders", cookie);
    assert.equal(response.status, 200);
    assert.match(text, /Hello Ada/);
    const kept = response.headers.get("cache-control");
    assert.match(kept, /private/);
    assert.match(kept, /no-store/);
  });

  test("the login leads a user on, and never to another site", async () => {
    const cookie = await cookiesOf(ADA);
    const leads = async (to) => {
      const { response } = await html(`/login?${new URLSearchParams({ to })}`, cookie);
      return new URL(response.headers.get("location"), ready().origin).href.replace(ready().origin, "");
    };
    assert.equal(await leads("/orders?page=2"), "/orders?page=2");
    for (const to of ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", ""]) assert.equal(await leads(to), "/orders", to);
  });

  test("after a login a reload has the user in its HTML, and the page takes it over: no form, no complaint", async (t) => {
    const { one } = await visitor(t);
    const page = await signedIn(one, "/orders?page=2");
    assert.match(page.url(), /\/orders\?page=2$/);
    const response = await page.reload();
    assert.match(await response.text(), /Hello Ada/);
    assert.match(await loadOrders(page), /orders/);
    const shown = await everShown(page);
    assert.match(shown[0], /Hello Ada/);
    assert.deepEqual(shown.filter((text) => !text.includes("Hello Ada")), []);
  });

  test("visitors of one server at the same time get each their own page", async () => {
    const [ada, grace] = [await cookiesOf(ADA), await cookiesOf(GRACE)];
    const who = (i) => [
      [ada, "Ada", "Grace"],
      [grace, "Grace", "Ada"],
    ][i % 2];
    const asked = Array.from({ length: 50 }, async (_, i) => {
      const [cookie, own, other] = who(i);
      const { text } = await html(i % 4 < 2 ? "/orders" : "/", cookie);
      assert.ok(text.includes(own), `request ${i} has no ${own}`);
      assert.ok(!text.includes(other), `request ${i} has ${other}`);
    });
    const nobody = Array.from({ length: 10 }, async () => assert.doesNotMatch((await html("/")).text, /Ada|Grace/));
    await Promise.all([...asked, ...nobody]);
  });

  test("where a call finds the session ended the page signs out and says why", async (t) => {
    const { one, backend } = await visitor(t);
    const page = await signedIn(one, "/orders");
    await loadOrders(page);
    await backend.revoke();
    await page.getByText("Load the orders").click();
    await page.getByText("Your session has ended").waitFor();
    await signIn(page);
    await headed(page, "Hello Ada").waitFor();
    assert.equal(new URL(page.url()).pathname, "/orders");
  });

  if (asksOnTheWay) test("where the server finds it first, on the way to another page, so it does", async (t) => {
    const { one, backend } = await visitor(t);
    const page = await signedIn(one, "/orders");
    await page.goto(`${ready().origin}/`);
    await headed(page, "Welcome, Ada").waitFor();
    await untilHydrated(page);
    await backend.revoke();
    const before = (await backend.log()).length;
    await page.getByRole("link", { name: "Orders" }).click();
    await page.getByText("Your session has ended").waitFor();
    assert.equal(new URL(page.url()).pathname, "/login");
    await page.locator("button:enabled").waitFor();
    const asked = (await backend.log()).slice(before).filter(({ path }) => path === ME);
    assert.ok(asked.length <= 8, `the page asked ${asked.length} times`);
  });

  test("after a logout the server renders for nobody, in each tab", async (t) => {
    const { one } = await visitor(t);
    const here = await signedIn(one, "/orders");
    const there = await one.open(`${ready().origin}/orders`);
    await loadOrders(there);
    const told = there.waitForResponse((response) => response.url().endsWith("/logout"));
    await there.getByText("Sign out").click();
    await there.locator("form").waitFor();
    await here.locator("form").waitFor();
    await told;
    const response = await here.goto(`${ready().origin}/`);
    assert.doesNotMatch(await response.text(), /Ada/);
  });

  test("while the backend is away the server knows nothing: no redirect, no user, no form", async (t) => {
    const { backend } = ready();
    const cookie = await cookiesOf(ADA);
    t.after(() => backend.rules([]));
    await backend.rules([{ path: ME, status: 503 }]);
    const { response, text } = await html("/orders", cookie);
    assert.equal(response.status, 200);
    assert.match(text, /One moment…/);
    assert.doesNotMatch(text, /Ada|<form/);
  });

  test("the server has asked who is signed in, and nothing else", async () => {
    const { backend, origin } = ready();
    const log = await backend.log();
    // A browser says where a request comes from, unless it reads from its own origin; a server does not.
    const changing = log.filter(({ method }) => method !== "GET");
    assert.ok(changing.length > 4);
    assert.deepEqual(changing.filter((one) => one.origin !== origin), []);
    const read = new Set(log.filter(({ method }) => method === "GET").map(({ path }) => path));
    assert.deepEqual([...read].sort(), ["/api/session/orders", ME]);
    assert.ok(!log.some(({ path }) => path.includes("refresh")));
  });

  test("it has complained of nothing", () => assert.doesNotMatch(ready().said(), /warn|error/i));
}

/** Next.js has the heading in a second place, for screen readers. */
const headed = (page, text) => page.locator("h1", { hasText: text });

/** Clicks until the page, which may not have been taken over yet, has heard it. */
async function loadOrders(page) {
  const output = page.locator("output");
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    await page.getByText("Load the orders").click();
    const text = await output.filter({ hasText: "orders" }).textContent({ timeout: 500 }).catch(() => "");
    if (text) return text;
  }
  throw new Error("no click has loaded the orders");
}

/** The page's own client has asked: the scripts run. */
const untilHydrated = (page) =>
  page.waitForFunction((me) => performance.getEntriesByType("resource").some(({ name, responseEnd }) => name.endsWith(me) && responseEnd > 0), ME);
