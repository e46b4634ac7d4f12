import assert from "node:assert/strict";
import { test } from "node:test";

const rows = (id) => `
from django.contrib.sessions.models import Session
print(Session.objects.filter(session_key="${id}").count())`;

/** Beyond what all sessions are asked. */
export function checks({ app, backend }) {
  test("Django chooses another csrftoken at the login, and the next write has it", async () => {
    const { cookies, login, fetch, requests } = app();
    const before = (await cookies()).get("csrftoken");
    assert.ok(before, "me sets the cookie at the start");
    assert.equal(await login(backend().credentials), null);
    assert.notEqual((await cookies()).get("csrftoken"), before);
    assert.equal((await fetch("/api/orders", { method: "POST", json: backend().order })).status, 201);
    assert.deepEqual(requests, ["GET /auth/me", "POST /auth/login", "POST /api/orders"]);
  });

  test("without its CSRF token no request is let in, not even the login", async () => {
    const { cookies, context, login, fetch } = app();
    await context.clearCookies({ name: "csrftoken" });
    const error = await login(backend().credentials);
    assert.equal(error.code, "csrf_failed");
    assert.equal(error.status, 403);
    await app().reload(); // `me` sets it again
    assert.equal(await login(backend().credentials), null);
    await context.clearCookies({ name: "csrftoken" });
    const { status, body } = await fetch("/api/orders", { method: "POST", json: backend().order });
    assert.equal(status, 403);
    assert.match(body, /CSRF Failed/);
    assert.equal((await app().state()).status, "signed-in");
    assert.ok((await cookies()).has("sessionid"));
  });

  test("the row of the session is gone after the logout", async () => {
    assert.equal(await app().login(backend().credentials), null);
    const id = (await app().cookies()).get("sessionid");
    assert.equal(await backend().shell(rows(id)), "1");
    await app().logout();
    assert.equal(await backend().shell(rows(id)), "0");
  });

  test("a session whose row is deleted has ended, with its reason", async () => {
    assert.equal(await app().login(backend().credentials), null);
    await backend().shell("from django.contrib.sessions.models import Session; Session.objects.all().delete()");
    assert.equal((await app().fetch("/api/orders")).status, 401);
    assert.deepEqual(await app().state(), { status: "signed-out", user: null, reason: "session_ended" });
  });
}
