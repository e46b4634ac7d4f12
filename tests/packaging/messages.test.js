// What an error says of the request that it is about: the method and the path that went out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedClients } from "./lib/scripted.js";

const clients = scriptedClients("message");
const message = (promise) => promise.then(() => assert.fail("it succeeded"), (error) => error.message);
const tokens = [200, { access_token: "a", refresh_token: "r", user: { id: 7 } }];

test("a message has the method of the endpoint's contract", async () => {
  const endpoints = {
    login: { url: "/session", method: "PUT" },
    refresh: { url: "/session", method: "PATCH" },
    logout: { url: "/session", method: "DELETE" },
  };
  let isUp = false;
  const { auth } = await clients.open({ mode: "jwt", endpoints }, { "PUT /session": () => (isUp ? tokens : [422]), "PATCH /session": [503] });
  assert.match(await message(auth.login({})), / \(PUT \/session: 422\)$/);
  isUp = true;
  await auth.login({});
  assert.match(await message(auth.refresh()), / \(PATCH \/session: 503\)/);
  assert.match(await message(auth.logout()), / \(DELETE \/session: 404\)$/);
});

test("a login that goes elsewhere has that endpoint's", async () => {
  const { auth } = await clients.open({ mode: "jwt" }, {});
  assert.match(await message(auth.login({}, { endpoint: { url: "/second?step=2", method: "PATCH" } })), / \(PATCH \/second: 404\)$/);
  assert.match(await message(auth.login({}, { endpoint: "/sign-up" })), / \(POST \/sign-up: 404\)$/);
  assert.match(await message(auth.login({})), / \(POST \/auth\/login: 404\)$/);
});

test("me has its own", async () => {
  const me = { url: "/whoami", method: "POST", timeout: 5 };
  const { auth } = await clients.open({ mode: "session", csrf: false, endpoints: { me } }, { "POST /whoami": [503] });
  assert.match(await message(auth.refresh()), / \(POST \/whoami: 503\)/);
});

test("the CSRF endpoint, which is asked on the way, keeps its own", async () => {
  const endpoints = { login: { url: "/in", method: "PUT" }, me: { url: "/me", method: "POST" } };
  const { auth } = await clients.open({ mode: "session", csrf: { endpoint: "/csrf" }, endpoints }, { "POST /me": [401] });
  assert.match(await message(auth.login({})), / \(GET \/csrf: 404\)/);
});
