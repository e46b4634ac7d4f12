// What becomes of a session: its access token ends, the server ends it, its refresh endpoint is away, somebody signs out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

/** Waits for a condition. */
async function until(condition, what) {
  const latest = Date.now() + 20_000;
  while (!(await condition())) {
    assert.ok(Date.now() < latest, what);
    await pause(20);
  }
}

/**
 * `lifetime`: seconds after which an access token, or a session that nothing renews, has surely ended. `refresh`: the request
 * that renews it, as `POST /path`. `ends`: what is told of a session that the server has ended; `revoke(app, backend)` ends it.
 */
export function flows({ app, backend, lifetime, refresh, revoke, ends }) {
  const call = () => app().fetch(backend().api);
  const renewals = () => app().requests.filter((request) => request === refresh).length;
  const isSignedIn = async () => {
    assert.deepEqual(await app().state(), { status: "signed-in", user: backend().user, reason: null });
  };

  if (refresh) {
    test("five calls with a token that has ended are one refresh, and each is answered", async () => {
      await backend().signIn(app());
      await backend().forward(lifetime);
      const before = renewals();
      const statuses = await app().tab.evaluate(
        (api) => Promise.all(Array.from({ length: 5 }, async () => (await auth.authFetch(api)).status)),
        backend().api,
      );
      assert.deepEqual(statuses, [200, 200, 200, 200, 200]);
      assert.equal(renewals() - before, 1);
      await backend().forward(lifetime);
      const { status } = await app().fetch(backend().api, { method: "POST", json: backend().order });
      assert.equal(status, backend().created, "a write that was refused is sent again");
      assert.equal(renewals() - before, 2);
      await isSignedIn();
    });

    test("a reload after the token's end finds the user still signed in", async () => {
      await backend().signIn(app());
      await backend().forward(lifetime);
      await app().reload(lifetime);
      await isSignedIn();
      assert.equal((await call()).status, 200);
      await isSignedIn();
    });

    test("while the refresh endpoint answers 503 the session stands, and goes on afterwards", async () => {
      await backend().signIn(app());
      const url = (url) => url.pathname === refresh.split(" ")[1];
      await app().context.route(url, (route) => route.fulfill({ status: 503, body: "" }));
      await backend().forward(lifetime);
      const outcome = await app().tab.evaluate(
        (api) => auth.authFetch(api).then(({ status }) => status, ({ code }) => code),
        backend().api,
      );
      assert.ok([401, "refresh_unavailable"].includes(outcome), String(outcome));
      assert.equal((await app().state()).status, "signed-in");
      await app().context.unroute(url);
      const answer = () => app().fetch(backend().api).catch(() => ({ status: 0 }));
      await until(async () => (await answer()).status === 200, "the session does not go on");
      await isSignedIn();
    });
  } else if (lifetime) {
    test("a session that nothing renews ends with its lifetime, with its reason", async () => {
      await backend().signIn(app());
      await backend().forward(lifetime);
      assert.equal((await call()).status, 401);
      assert.deepEqual(await app().state(), { status: "signed-out", user: null, reason: ends.reason });
    });
  }

  test("a session that the server ends is noticed, with its reason and the server's words", async () => {
    await backend().signIn(app());
    await revoke(app(), backend());
    if (refresh) await backend().forward(lifetime);
    const answer = await app().tab.evaluate(
      (api) => auth.authFetch(api).then(({ status }) => status, ({ code }) => code),
      backend().api,
    );
    assert.ok([401, 403, "signed_out"].includes(answer), String(answer));
    assert.deepEqual(await app().state(), { status: "signed-out", user: null, reason: ends.reason });
    const { event, ...told } = await app().ended();
    assert.deepEqual(told, { serverCode: null, serverMessage: null, ...ends });
  });

  test("after a logout nobody is let in by what the browser held before", async () => {
    await backend().signIn(app());
    const held = await app().held();
    await app().logout();
    assert.deepEqual(await app().state(), { status: "signed-out", user: null, reason: "logout" });
    if (refresh) await backend().forward(lifetime);
    await app().restore(held);
    const answer = await app().tab.evaluate(
      (api) => auth.authFetch(api).then(({ status }) => status, ({ code }) => code),
      backend().api,
    );
    assert.ok([401, 403, "signed_out"].includes(answer), String(answer));
    assert.equal((await app().state()).status, "signed-out");
  });
}
