import assert from "node:assert/strict";
import { test } from "node:test";

const PRIME = "GET /sanctum/csrf-cookie";

/** Beyond the flows: Laravel's CSRF token. */
export function checks({ app, backend, signIn, signOut }) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  const write = (json = backend().order) => app().fetch("/api/orders", { method: "POST", headers, json });
  /** What was asked during `act`. */
  const askedBy = async (act) => {
    const before = app().requests.length;
    await act();
    return app().requests.slice(before);
  };

  test("the answer that nobody is signed in brings the CSRF cookie, so that a login asks for none", async () => {
    await signOut();
    await app().context.clearCookies();
    await app().reload();
    const asked = await askedBy(async () => assert.equal(await app().login(backend().credentials), null));
    assert.deepEqual(asked, ["POST /login", "GET /api/user"]);
  });

  test("where the CSRF cookie has gone, a login and five writes ask for it once", async () => {
    await signOut();
    await app().context.clearCookies();
    assert.deepEqual(await askedBy(signIn), [PRIME, "POST /login", "GET /api/user"]);
    await app().context.clearCookies({ name: "XSRF-TOKEN" });
    const statuses = [];
    const asked = await askedBy(async () => statuses.push(...(await Promise.all(Array.from({ length: 5 }, () => write())))));
    assert.deepEqual(statuses.map(({ status }) => status), [201, 201, 201, 201, 201]);
    assert.equal(asked.filter((request) => request === PRIME).length, 1);
  });

  test("a CSRF token of a session that has gone is refused by 419, and the login and the write are sent once more with another", async () => {
    await signIn();
    const stale = (await app().context.cookies()).filter(({ name }) => name === "XSRF-TOKEN");
    await app().logout();
    await app().context.addCookies(stale);
    const login = await askedBy(async () => assert.equal(await app().login(backend().credentials), null));
    assert.deepEqual(login, ["POST /login", PRIME, "POST /login", "GET /api/user"]);
    await app().context.addCookies(stale);
    const written = await askedBy(async () => assert.equal((await write()).status, 201));
    assert.deepEqual(written, ["POST /api/orders", PRIME, "POST /api/orders"]);
    await app().context.addCookies(stale);
    const statuses = await Promise.all(Array.from({ length: 5 }, () => write()));
    assert.deepEqual(statuses.map(({ status }) => status), [201, 201, 201, 201, 201]);
    assert.equal((await app().state()).status, "signed-in");
  });

  test("a field that is wrong is told as it is, and the user remains signed in", async () => {
    await signIn();
    const { status, body } = await write({});
    assert.deepEqual([status, JSON.parse(body).errors], [422, { item: ["The item field is required."] }]);
    assert.equal((await app().state()).status, "signed-in");
  });

  test("while the API answers 503 the session stands", async () => {
    await signIn();
    const isApi = ({ pathname }) => pathname.startsWith("/api/");
    await app().context.route(isApi, (route) => route.fulfill({ status: 503, body: "" }));
    assert.equal((await write()).status, 503);
    assert.equal((await app().state()).status, "signed-in");
    await app().context.unroute(isApi);
    assert.equal((await write()).status, 201);
  });

  test("a call that does not ask for JSON gets no 401 where nobody is signed in, but Laravel's redirect to a login page", async () => {
    await signOut();
    assert.equal((await app().fetch("/api/orders")).status, 500);
    assert.equal((await app().fetch("/api/orders", { headers })).status, 401);
  });
}
