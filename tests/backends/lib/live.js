// What every backend that really runs is asked, whatever its mode.
import assert from "node:assert/strict";
import { after, afterEach, beforeEach, describe, test } from "node:test";
import { openApp } from "./app.js";

/** `backend` is the module `start.js` of its folder, `more` its `checks.js`, if it has one; `skip` says why it cannot run here. */
export function live(page, { browser, hallpass }, { start }, more, skip) {
  describe(`${page.name}, the server itself`, { skip }, () => {
    let backend;
    let app;
    after(() => backend?.stop());
    beforeEach(async () => {
      // Not before all: that comes also where no test is run.
      backend ??= await start(page, hallpass());
      app = await openApp(browser(), backend.origin, page, hallpass());
    });
    afterEach(async () => {
      const opened = app;
      app = undefined;
      await opened?.close();
    });

    test("nobody is signed in at first", async () => {
      assert.deepEqual(await app.state(), { status: "signed-out", user: null, reason: null });
    });

    test("a wrong password is told as such, and changes nothing", async () => {
      const error = await app.login(backend.wrong);
      assert.equal(error.name, "AuthError");
      assert.equal(error.code, "invalid_credentials");
      assert.equal((await app.state()).status, "signed-out");
    });

    test("the page's own lines sign in, read and write", async () => {
      await app.run(page.named("use"), backend.scope);
      assert.deepEqual(await app.state(), { status: "signed-in", user: backend.user, reason: null });
      const { status, body } = await app.fetch(backend.api);
      assert.equal(status, 200);
      assert.match(body, /"tea"/);
    });

    test("a write by authFetch is let in at its first attempt", async () => {
      assert.equal(await app.login(backend.credentials), null);
      const { status } = await app.fetch(backend.api, { method: "POST", json: backend.order });
      assert.equal(status, 201);
      assert.equal(app.requests.filter((request) => request === `POST ${backend.api}`).length, 1);
    });

    test("a reload finds the user still signed in", async () => {
      assert.equal(await app.login(backend.credentials), null);
      await app.reload();
      assert.deepEqual(await app.state(), { status: "signed-in", user: backend.user, reason: null });
      assert.equal((await app.fetch(backend.api)).status, 200);
    });

    test("a second login and logout go as the first", async () => {
      for (let round = 0; round < 2; round++) {
        assert.equal(await app.login(backend.credentials), null);
        assert.equal((await app.fetch(backend.api, { method: "POST", json: backend.order })).status, 201);
        await app.logout();
        assert.deepEqual(await app.state(), { status: "signed-out", user: null, reason: "logout" });
      }
    });

    if (page.options.mode === "session") sessions();
    more?.checks({ app: () => app, backend: () => backend, browser, page, hallpass });

    function sessions() {
      /** What the server says to the bearer of this session, whoever it is. */
      const asSession = (id) => {
        return fetch(backend.origin + backend.api, { headers: { cookie: `${backend.session}=${id}` } });
      };

      test("logout ends the session at the server, not only here", async () => {
        assert.equal(await app.login(backend.credentials), null);
        const id = (await app.cookies()).get(backend.session);
        assert.equal((await asSession(id)).status, 200);
        await app.logout();
        assert.equal((await asSession(id)).status, 401);
        await app.reload();
        assert.equal((await app.state()).status, "signed-out");
      });

      for (const method of ["GET", "POST"]) {
        test(`a session that ends at the server is noticed by a ${method}, with its reason`, async () => {
          assert.equal(await app.login(backend.credentials), null);
          // Somebody with the same session logs out, and this page is not told.
          const other = await openApp(browser(), backend.origin, page, hallpass());
          try {
            await other.context.addCookies(await app.context.cookies());
            await other.reload();
            assert.equal((await other.state()).status, "signed-in");
            await other.logout();
          } finally {
            await other.close();
          }
          const json = method === "POST" ? backend.order : undefined;
          const { status } = await app.fetch(backend.api, { method, json });
          assert.equal(status, 401);
          assert.deepEqual(await app.state(), { status: "signed-out", user: null, reason: "session_ended" });
        });
      }
    }
  });
}
