// What every backend that really runs is asked, whatever its mode.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { openApp } from "./app.js";
import { flows } from "./flows.js";

/** What `start` gives, with what most servers have in common. */
async function started(start, ...args) {
  const backend = await start(...args);
  const signIn = async (app) => assert.equal(await app.login(backend.credentials), null);
  return { created: 201, signIn, ...backend };
}

/** `backend` is the module `start.js` of its folder, `more` its `checks.js`, if it has one. */
export function live(page, { browser, hallpass }, { start, flows: backendFlows }, more) {
  describe(`${page.name}, the server itself`, () => {
    let backend;
    let app;
    before(async () => (backend = await started(start, page, hallpass())));
    after(() => backend?.stop());
    beforeEach(async () => (app = await openApp(browser(), backend.origin, page, hallpass())));
    afterEach(async () => {
      const opened = app;
      app = undefined;
      await opened?.close();
    });

    test("nobody is signed in at first", async () => {
      assert.deepEqual(await app.state(), { status: "signed-out", user: null, reason: null });
    });

    test("a wrong password is told as such, and changes nothing", async (context) => {
      if (!backend.wrong) return context.skip("its login is not the page's");
      const error = await app.login(backend.wrong);
      assert.equal(error.name, "AuthError");
      assert.equal(error.code, "invalid_credentials");
      for (const [member, value] of Object.entries(backend.refused ?? {})) assert.equal(error[member], value, member);
      assert.equal((await app.state()).status, "signed-out");
    });

    test("the page's own lines sign in, read and write", async () => {
      await app.run(page.named("use"), typeof backend.scope === "function" ? await backend.scope() : backend.scope);
      assert.deepEqual(await app.state(), { status: "signed-in", user: backend.user, reason: null });
      const { status, body } = await app.fetch(backend.api);
      assert.equal(status, 200);
      assert.match(body, /"tea"/);
    });

    test("a write by authFetch is let in at its first attempt", async () => {
      await backend.signIn(app);
      const { status } = await app.fetch(backend.api, { method: "POST", json: backend.order });
      assert.equal(status, backend.created);
      assert.equal(app.requests.filter((request) => request === `POST ${backend.api}`).length, 1);
    });

    test("a reload finds the user still signed in", async () => {
      await backend.signIn(app);
      await app.reload();
      assert.deepEqual(await app.state(), { status: "signed-in", user: backend.user, reason: null });
      assert.equal((await app.fetch(backend.api)).status, 200);
    });

    test("a second login and logout go as the first", async () => {
      for (let round = 0; round < 2; round++) {
        await backend.signIn(app);
        assert.equal((await app.fetch(backend.api, { method: "POST", json: backend.order })).status, backend.created);
        await app.logout();
        assert.deepEqual(await app.state(), { status: "signed-out", user: null, reason: "logout" });
      }
    });

    if (backendFlows) flows({ app: () => app, backend: () => backend, page, ...backendFlows });
    else if (page.options.mode === "session") sessions();
    more?.checks?.({ app: () => app, backend: () => backend, browser, page, hallpass });

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
