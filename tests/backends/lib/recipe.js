// What the client does against the exchanges that a page documents: each of them has to be played, and no other.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { openApp } from "./app.js";
import { startStub } from "./stub.js";

const isGood = ({ status }) => status < 300;
const refusesCsrf = ({ status, answer }) => status === 419 || (status === 403 && answer.body.includes("csrf"));
const bringsCredential = ({ headers, cookies }) =>
  cookies.length > 0 || headers.some(([name]) => name === "authorization");
/** What a call brings that the client does not add by itself. */
const ownHeaders = ({ headers }) =>
  Object.fromEntries(headers.filter(([name]) => ["accept", "content-type"].includes(name)));

export function recipe(page, { browser, hallpass }) {
  const { mode, endpoints: given, csrf, storage } = page.options;
  const endpoints = { login: "/auth/login", logout: "/auth/logout", ...given };
  if (mode === "session") endpoints.me ??= "/auth/me";
  const csrfCookie = csrf?.cookie ?? "XSRF-TOKEN";
  const lasts = mode === "session" || storage !== undefined;

  /** Its refusal brings the right token, with which the client sends the request once more. */
  const heals = ({ answer }) =>
    answer.headers.some(([name, value]) => name === "set-cookie" && value.startsWith(`${csrfCookie}=`));

  const to = (target) => page.exchanges.filter((exchange) => exchange.target === target);
  const logins = to(endpoints.login);
  const accepted = logins.find(isGood);
  const refused = logins.find((exchange) => !isGood(exchange) && !refusesCsrf(exchange));
  const prepared = page.has("prepare") ? page.named("prepare") : "";
  const isOwn = ({ target }) => [...Object.values(endpoints), csrf?.prime].includes(target) || prepared.includes(`"${target}"`);
  const calls = page.exchanges.filter((exchange) => !isOwn(exchange));

  describe(`${page.name}, as it is documented`, () => {
    let stub;
    let app;
    before(async () => (stub = await startStub(page.exchanges)));
    after(() => stub?.stop());
    beforeEach(async () => (app = await openApp(browser(), stub.origin, page, hallpass(), stub.files)));
    afterEach(async () => {
      const opened = app;
      app = undefined;
      await opened?.close();
    });

    const signIn = async () => {
      if (prepared) await app.run(prepared, {});
      const { password, ...name } = accepted.json.user ?? accepted.json;
      await app.run(page.named("use"), { email: Object.values(name)[0], password });
    };
    const call = (exchange) => app.fetch(exchange.target, { ...exchange, headers: ownHeaders(exchange) });

    test("nobody is signed in at first, and a call gets the server's 401 as it is", async () => {
      assert.deepEqual(await app.state(), { status: "signed-out", user: null, reason: null });
      for (const exchange of calls.filter((exchange) => exchange.status === 401 && !bringsCredential(exchange))) {
        assert.equal((await call(exchange)).status, 401);
      }
    });

    test("a refused login is the error that the page names", async () => {
      if (prepared) await app.run(prepared, {});
      const { name, code, status } = await app.login(refused.json);
      assert.deepEqual({ name, status }, { name: "AuthError", status: refused.status });
      assert.ok(page.text.includes(`AuthError("${code}")`), `the page does not name AuthError("${code}")`);
      assert.equal((await app.state()).status, "signed-out");
    });

    test("its lines sign in, and calls are answered", async () => {
      await signIn();
      const { status, user } = await app.state();
      assert.equal(status, "signed-in");
      assert.equal(user.name ?? user.email, page.text.match(/`auth\.user\.(?:name|email)` is `"(.*?)"`/)?.[1]);
      for (const exchange of calls.filter(isGood)) assert.equal((await call(exchange)).status, exchange.status);
      assert.equal((await app.state()).status, "signed-in");
    });

    if (csrf?.prime) {
      test("without the CSRF token a login asks for it first", async () => {
        await app.context.clearCookies({ name: csrfCookie });
        await signIn();
        assert.equal(app.requests.filter((request) => request === `GET ${csrf.prime}`).length, 1);
      });
    }

    if (logins.some(refusesCsrf)) {
      const end = heals(logins.find(refusesCsrf)) ? "and sent once more with that of the refusal" : "as such";
      test(`without the CSRF token a login and a write are refused, ${end}`, async () => {
        await app.context.clearCookies({ name: csrfCookie });
        const error = await app.login(accepted.json);
        assert.equal(error?.code, heals(logins.find(refusesCsrf)) ? undefined : "csrf_failed");
        await app.reload();
        await signIn();
        await app.context.clearCookies({ name: csrfCookie });
        for (const exchange of calls.filter(refusesCsrf)) {
          const { status } = await call(exchange);
          assert.equal(status < 300, heals(exchange), `${exchange.title}, and in the end ${status}`);
        }
        assert.equal((await app.state()).status, "signed-in");
      });
    }

    test(`after a reload the user is ${lasts ? "still" : "no longer"} signed in`, async () => {
      await signIn();
      await app.reload();
      assert.equal((await app.state()).status, lasts ? "signed-in" : "signed-out");
    });

    if (mode === "session") {
      test("a session that ends at the server is noticed, with its reason", async () => {
        await signIn();
        for (const { name, httpOnly } of await app.context.cookies(stub.origin)) {
          if (httpOnly) await app.context.clearCookies({ name });
        }
        assert.equal((await app.fetch(endpoints.me, { headers: { accept: "application/json" } })).status, 401);
        assert.deepEqual(await app.state(), { status: "signed-out", user: null, reason: "session_ended" });
      });
    }

    if (endpoints.refresh) {
      test("a refresh is as the page has it, until it is refused", async () => {
        await signIn();
        for (const _ of to(endpoints.refresh).filter(isGood)) await app.tab.evaluate(() => auth.refresh());
        assert.equal((await app.state()).status, "signed-in");
        await assert.rejects(app.tab.evaluate(() => auth.refresh()));
        assert.deepEqual(await app.state(), { status: "signed-out", user: null, reason: "refresh_refused" });
      });
    }

    test("logout is here at once, and at the server where it has one", async () => {
      await signIn();
      await app.logout();
      assert.deepEqual(await app.state(), { status: "signed-out", user: null, reason: "logout" });
      const told = app.requests.filter((request) => request === `POST ${endpoints.logout}`);
      assert.equal(told.length, endpoints.logout ? 1 : 0);
      await app.reload();
      assert.equal((await app.state()).status, "signed-out");
      await signIn();
      assert.equal((await app.state()).status, "signed-in", "and a login after it");
    });

    test("all that the page documents was played, and nothing else was asked", () => {
      assert.deepEqual(stub.unplayed(), []);
      assert.deepEqual(stub.unknown, []);
    });
  });
}
