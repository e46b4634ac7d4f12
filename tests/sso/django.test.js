// A sign-in at a real provider in Python, which takes the use of an old refresh token for theft, or lets it pass for a while.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onlyInAll } from "../lib/tier.js";
import { foreignApp, whose } from "./lib/foreign.js";
import { startDjangoProvider } from "./providers/django.js";

const app = foreignApp();

for (const [name, settings] of [
  ["no grace and reuse protection", { protection: true }],
  ...onlyInAll("the strictest of the three: what it lets pass they do", [
    ["no grace", {}],
    ["two minutes of grace and reuse protection", { grace: 120, protection: true }],
  ]),
]) {
  test(`django-oauth-toolkit with ${name}: sign-in by redirect, reload, refreshes of two tabs at once, logout at the provider`, () =>
    app.signedIn((origin) => startDjangoProvider(origin, settings), {}, async (visitor) => {
      assert.equal(await whose(visitor.tab), visitor.user.sub);
      await app.reloaded(visitor);
      const other = await app.renewedByTwo(visitor);
      assert.ok(visitor.requests.filter((one) => one === "POST /o/token/").length <= 7);
      await app.loggedOut(visitor, other);
    }));
}
