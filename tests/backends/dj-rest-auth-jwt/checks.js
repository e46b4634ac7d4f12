import assert from "node:assert/strict";
import { test } from "node:test";

export function checks({ app }) {
  test("the CSRF token is asked for before the first request that needs it, not at each", () => {
    const { requests } = app();
    const asked = requests.indexOf("GET /csrf/");
    assert.ok(asked >= 0 && asked < requests.indexOf("POST /dj-rest-auth/login/"));
    const count = (start) => requests.filter((request) => request.startsWith(start)).length;
    assert.ok(count("GET /csrf/") < count("POST "));
  });
}
