import assert from "node:assert/strict";
import { test } from "node:test";

export function checks({ app }) {
  test("the cookie of the CSRF token is asked for once, before the first request that needs it", () => {
    assert.equal(app().requests.filter((request) => request === "GET /csrf/").length, 1);
  });
}
