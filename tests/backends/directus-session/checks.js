import assert from "node:assert/strict";
import { test } from "node:test";

const NEARLY_A_DAY = 24 * 60 * 60 - 10;

export function checks({ app, backend, signIn }) {
  test("the session is made longer before its end, as Directus does it never after it", async () => {
    await signIn();
    const before = app().requests.length;
    for (let day = 0; day < 2; day++) {
      await backend().forward(NEARLY_A_DAY);
      await app().tab.clock.setSystemTime((await app().tab.evaluate(() => Date.now())) + NEARLY_A_DAY * 1000);
      assert.equal((await app().fetch(backend().api)).status, 200);
    }
    const renewals = app().requests.slice(before).filter((request) => request === "POST /auth/refresh");
    assert.equal(renewals.length, 2);
    assert.equal((await app().state()).status, "signed-in");
  });

  test("a page that was loaded later makes it longer by refresh()", async () => {
    await signIn();
    await app().reload();
    const before = app().requests.length;
    await app().tab.evaluate(() => auth.refresh());
    assert.ok(app().requests.slice(before).includes("POST /auth/refresh"), app().requests.slice(before).join());
  });
}
