// What a session goes through at a real server: it begins, its access token ends, the server ends it, its refresh endpoint is
// away, somebody signs out. All on one page: to open one for each takes longer than all else.
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openApp } from "./app.js";

/** Waits for a condition. */
async function until(condition, what) {
  const latest = Date.now() + 20_000;
  while (!(await condition())) {
    assert.ok(Date.now() < latest, what);
    await pause(20);
  }
}

/**
 * `server` is the module `start.js` of a folder, `more` its `checks.js`, if it has one. Of its `flows`, `lifetime` are the seconds after
 * which an access token, or a session that nothing renews, has surely ended; `refresh` is the request that renews it, as `POST /path`;
 * `revoke(app, backend)` ends the session at the server, and `ends` is what is told of that. `skip` says why it cannot run here.
 */
export function flows(page, { browser, hallpass }, { start, flows: { lifetime, refresh, revoke, ends } }, more, skip) {
  describe(`${page.name}, the server itself`, { concurrency: 1, skip }, () => {
    let backend;
    let app;
    beforeEach(async () => {
      // Not before all: that comes also where no test is run.
      backend ??= { created: 201, ...(await start(page, hallpass())) };
      app ??= await openApp(browser(), backend.origin, page, hallpass());
    });
    after(async () => {
      await app?.close();
      await backend?.stop();
    });

    const state = async (expected) => assert.deepEqual(await app.state(), expected);
    const isSignedIn = () => state({ status: "signed-in", user: backend.user, reason: null });
    const isSignedOut = (reason) => state({ status: "signed-out", user: null, reason });
    const signIn = async () => {
      if ((await app.state()).status === "signed-in") return;
      if (backend.signIn) await backend.signIn(app);
      else assert.equal(await app.login(backend.credentials), null);
    };
    /** The status of a call, or the code of its error. A backend says which headers all calls have. */
    const call = ({ headers, ...init } = {}) =>
      app.tab.evaluate(
        ([api, init]) => auth.authFetch(api, init).then(({ status }) => status, ({ code }) => code),
        [backend.api, { headers: { ...backend.headers, ...headers }, ...init }],
      );
    const write = () =>
      call({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(backend.order) });
    const asked = (request) => app.requests.filter((one) => one === request).length;

    test("nobody is signed in at first", () => isSignedOut(null));

    if (page.options.endpoints?.login !== false) {
      test("a wrong password is told with the server's words, and changes nothing", async () => {
        const { name, code, ...told } = await app.login(backend.wrong);
        assert.deepEqual({ name, code }, { name: "AuthError", code: "invalid_credentials" });
        for (const [member, value] of Object.entries(backend.refused)) assert.equal(told[member], value, member);
        await isSignedOut(null);
      });
    }

    test("the page's own lines sign in, read and write", async () => {
      await backend.prepare?.(app);
      await app.run(page.named("use"), backend.scope ?? {});
      await isSignedIn();
      const { status, body } = await app.fetch(backend.api);
      assert.equal(status, 200);
      assert.match(body, /"tea"/);
      assert.equal(asked(`POST ${backend.api}`), 1, "the write was let in at its first attempt");
    });

    test("a reload finds the user still signed in", async () => {
      await signIn();
      await app.reload();
      await isSignedIn();
      assert.equal(await call(), 200);
    });

    if (refresh) {
      test("five calls with a token that has ended are one refresh, and each is answered", async () => {
        await signIn();
        await backend.forward(lifetime);
        const before = asked(refresh);
        const statuses = await app.tab.evaluate(
          (api) => Promise.all(Array.from({ length: 5 }, async () => (await auth.authFetch(api)).status)),
          backend.api,
        );
        assert.deepEqual(statuses, [200, 200, 200, 200, 200]);
        assert.equal(asked(refresh) - before, 1);
        await backend.forward(lifetime);
        assert.equal(await write(), backend.created, "a write that was refused is sent again");
        assert.equal(asked(refresh) - before, 2);
        await isSignedIn();
      });

      test("while the refresh endpoint answers 503 the session stands, and goes on afterwards", async () => {
        await signIn();
        const isRefresh = ({ pathname }) => pathname === refresh.split(" ")[1];
        await app.context.route(isRefresh, (route) => route.fulfill({ status: 503, body: "" }));
        await backend.forward(lifetime);
        assert.ok([401, "refresh_unavailable"].includes(await call()));
        await isSignedIn();
        await app.context.unroute(isRefresh);
        await until(async () => (await call()) === 200, "the session does not go on");
        await isSignedIn();
      });

      test("a reload after the token's end finds the user still signed in", async () => {
        await signIn();
        await backend.forward(lifetime);
        await app.reload(lifetime);
        await isSignedIn();
        assert.equal(await call(), 200);
      });
    } else if (lifetime) {
      test("a session that nothing renews ends with its lifetime, with its reason", async () => {
        await signIn();
        await backend.forward(lifetime);
        assert.equal(await call(), 401);
        await isSignedOut(ends.reason);
      });
    }

    test("a session that the server ends is noticed, with its reason and the server's words", async () => {
      await signIn();
      await revoke(app, backend);
      if (refresh) await backend.forward(lifetime);
      assert.ok([401, "signed_out"].includes(await call()));
      await isSignedOut(ends.reason);
      const { event, ...told } = await app.ended();
      assert.deepEqual(told, { serverCode: null, serverMessage: null, ...ends });
    });

    test("after a logout nobody is let in by what the browser held before", async () => {
      await signIn();
      const held = await app.held();
      await app.logout();
      await isSignedOut("logout");
      if (refresh) await backend.forward(lifetime);
      await app.restore(held);
      assert.ok([401, 403, "signed_out"].includes(await call()));
      assert.equal((await app.state()).status, "signed-out");
      await signIn();
      assert.equal(await call(), 200, "and a login after it is as the first");
    });

    const signOut = async () => {
      if ((await app.state()).status === "signed-in") await app.logout();
    };
    more?.checks({ app: () => app, backend: () => backend, signIn, signOut });
  });
}
