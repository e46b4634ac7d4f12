import assert from "node:assert/strict";
import { test } from "node:test";
import { tokensOf } from "../lib/held.js";

export function checks({ app, backend, signIn }) {
  test("a logout revokes the access token and the refresh token, by a request each", async () => {
    await signIn();
    const { access, refresh } = await tokensOf(app());
    const before = app().requests.length;
    await app().logout();
    assert.deepEqual(app().requests.slice(before), ["DELETE /logout", "DELETE /logout"]);
    const { origin } = backend();
    const send = async (method, path, token) =>
      (await fetch(origin + path, { method, headers: { authorization: `Bearer ${token}` } })).json();
    assert.deepEqual(await send("GET", "/orders", access), { msg: "Token has been revoked" });
    assert.deepEqual(await send("POST", "/refresh", refresh), { msg: "Token has been revoked" });
  });
}
