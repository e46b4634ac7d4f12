import assert from "node:assert/strict";
import { test } from "node:test";
import { tokensOf } from "../lib/held.js";

export function checks({ app, backend, signIn }) {
  test("a logout revokes the refresh token and the access token, each with its hint and the client's name", async () => {
    await signIn();
    const { access, refresh } = await tokensOf(app());
    const sent = [];
    app().tab.on("request", (request) => sent.push(Object.fromEntries(new URLSearchParams(request.postData() ?? ""))));
    await app().logout();
    assert.deepEqual(sent, [
      { token: refresh, token_type_hint: "refresh_token", client_id: "orders" },
      { token: access, token_type_hint: "access_token", client_id: "orders" },
    ]);
    const call = await fetch(backend().origin + backend().api, { headers: { authorization: `Bearer ${access}` } });
    assert.equal(call.status, 401);
  });
}
