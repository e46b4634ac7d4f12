import assert from "node:assert/strict";
import { test } from "node:test";

export function checks({ app, backend, signOut }) {
  test("an address that is not verified is told as such, where the router asks for that", async () => {
    await signOut();
    const url = (url) => url.pathname === "/auth/login";
    await app().context.route(url, (route) => route.fulfill({ status: 400, json: { detail: "LOGIN_USER_NOT_VERIFIED" } }));
    const { code, serverCode } = await app().login(backend().credentials);
    assert.deepEqual([code, serverCode], ["request_rejected", "LOGIN_USER_NOT_VERIFIED"]);
    await app().context.unroute(url);
  });
}
