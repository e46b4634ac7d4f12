import assert from "node:assert/strict";
import { test } from "node:test";

/** Beyond what all sessions are asked. */
export function checks({ app, backend }) {
  test("a wrong password comes with Devise's own words", async () => {
    const { status, serverMessage } = await app().login(backend().wrong);
    assert.deepEqual([status, serverMessage], [401, "Invalid Email or password."]);
  });

  test("Devise forgets the CSRF token at the login, and the next write has the new one", async () => {
    const { login, fetch, requests } = app();
    assert.equal(await login(backend().credentials), null);
    assert.equal((await fetch("/orders", { method: "POST", json: backend().order })).status, 201);
    assert.deepEqual(requests, ["GET /me", "POST /login", "POST /orders"]);
  });

  test("a CSRF token that has gone is had from the answer that misses it", async () => {
    const { context, login, fetch } = app();
    await context.clearCookies({ name: "CSRF-TOKEN" });
    assert.equal(await login(backend().credentials), null);
    await context.clearCookies({ name: "CSRF-TOKEN" });
    assert.equal((await fetch("/orders", { method: "POST", json: backend().order })).status, 201);
  });

  test("a call without a session is Devise's 401, and no redirect to its login page", async () => {
    const { status, body } = await app().fetch("/orders");
    assert.deepEqual([status, body], [401, "You need to sign in or sign up before continuing."]);
  });
}
