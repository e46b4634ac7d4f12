import assert from "node:assert/strict";
import { test } from "node:test";

export function checks({ app, backend, signIn }) {
  test("a write with a CSRF token that does not fit is renewed, and let in with the one that came", async () => {
    await signIn();
    const url = backend().origin;
    await app().context.addCookies([{ name: "csrf_access_token", value: "of-another-session", url }]);
    const before = app().requests.length;
    const { status } = await app().fetch(backend().api, { method: "POST", json: backend().order });
    assert.equal(status, 201);
    assert.deepEqual(app().requests.slice(before), ["POST /orders", "POST /token/refresh", "POST /orders"]);
  });
}
