import assert from "node:assert/strict";
import { test } from "node:test";

/** Beyond what all sessions are asked. */
export function checks({ app, backend, browser }) {
  test("the page that the steps lead to signs in", async () => {
    const context = await browser().newContext();
    try {
      const tab = await context.newPage();
      const { origin, credentials } = backend();
      await tab.goto(origin);
      await tab.fill("[name=email]", credentials.email);
      await tab.fill("[name=password]", credentials.password);
      await tab.click("button");
      await tab.waitForFunction(() => document.querySelector("output").value === "Hello Ada");
      await tab.reload();
      await tab.waitForFunction(() => document.querySelector("output").value === "Hello Ada");
    } finally {
      await context.close();
    }
  });

  test("a CSRF token is asked for before the first unsafe request, and anew after the login", async () => {
    const { requests, fetch, login } = app();
    const { api, order, credentials } = backend();
    assert.equal(await login(credentials), null);
    assert.equal((await fetch(api, { method: "POST", json: order })).status, 201);
    assert.equal((await fetch(api, { method: "POST", json: order })).status, 201);
    const asked = requests.filter((request) => !request.includes("/auth/me"));
    assert.deepEqual(asked, [
      "GET /auth/csrf", "POST /auth/login", "GET /auth/csrf", "POST /api/orders", "POST /api/orders",
    ]);
  });

  test("the session id is another after the login", async () => {
    const { cookies, login } = app();
    const { wrong, credentials, session } = backend();
    await login(wrong); // its CSRF token began a session
    const before = (await cookies()).get(session);
    assert.equal(await login(credentials), null);
    assert.ok(before);
    assert.notEqual((await cookies()).get(session), before);
  });
}
