// All three modes where there is no page: in Node, Deno and Bun. Prints what became of each.
import { createAuth, isAuthError } from "hallpass";
import { createAuth as createSlimAuth } from "hallpass/slim";

const [baseUrl] = globalThis.process.argv.slice(2);
const credentials = { email: "ada@example.com", password: "correct horse" };
const failure = (error) => (isAuthError(error) ? error.code : String(error));
const refreshed = (auth) => auth.refresh().then(({ name }) => name, failure);

async function modeOf(mode, make = createAuth, key = mode) {
  const [login, refresh, logout, me] = ["login", "refresh", "logout", "me"].map((name) => `/auth/${mode}/${name}`);
  const endpoints = mode === "session" ? { login, logout, me } : { login, refresh, logout };
  const auth = await make({ mode, baseUrl, endpoints, key, storage: "memory" });
  const user = await auth.login(credentials).catch(failure);
  const { status } = await auth.authFetch(`/api/${mode}/orders`).catch(failure);
  const renewed = await refreshed(auth);
  const outcome = { user: user.name ?? user, status, renewed, then: auth.status };
  await auth.logout();
  return { ...outcome, end: auth.status, auth };
}

const outcomes = {};
const clients = [];
for (const mode of ["jwt", "hybrid", "session"]) {
  const { auth, ...outcome } = await modeOf(mode);
  outcomes[mode] = outcome;
  clients.push(auth);
}
// Both entries share what was loaded. This one is left alive: it must not keep Node and Bun from ending.
const { auth, ...outcome } = await modeOf("jwt", createSlimAuth, "slim");
await auth.login(credentials);
// Not earlier: in Deno 2.9 a BroadcastChannel throws that was opened after the last other one was closed.
for (const client of clients) client.dispose();
const end = auth.status;
// Deno cannot be told to leave a BroadcastChannel out of account.
if (globalThis.Deno) auth.dispose();
console.log(JSON.stringify({ ...outcomes, slim: { ...outcome, end } }));
