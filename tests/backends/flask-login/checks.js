import assert from "node:assert/strict";
import { test } from "node:test";

export function checks({ app, backend, signIn }) {
  test("a write whose CSRF token has expired is sent again with a new one", async () => {
    await signIn();
    const write = () => app().fetch(backend().api, { method: "POST", json: backend().order });
    assert.equal((await write()).status, 201);
    await backend().forward(2 * 60 * 60);
    const before = app().requests.length;
    assert.equal((await write()).status, 201);
    assert.deepEqual(app().requests.slice(before), ["POST /orders", "GET /csrf", "POST /orders"]);
  });
}
