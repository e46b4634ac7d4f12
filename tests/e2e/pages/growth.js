// What the tests of growth need: a backend inside the page, as the real one takes too long for that many requests, and
// rounds of everything that a page does with a client.
import { exported } from "/wasm.js";

const LOGINS = 100;
const CALLS = 1000;

const encoded = (value) => btoa(JSON.stringify(value)).replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");
const json = (value, status = 200) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });

let issued = 0;
/** The API refuses one call. */
let refuses = false;

function tokens() {
  issued += 1;
  const claims = { sub: "1", exp: Math.floor(Date.now() / 1000) + 300, jti: `token ${issued}` };
  return {
    access_token: [encoded({ alg: "ES256" }), encoded(claims), "c2lnbmF0dXJl"].join("."),
    refresh_token: `refresh-token-${issued}`,
    expires_in: 300,
    user: { id: "1", email: ada.email },
  };
}

/** As the backend answers. */
window.fetch = async (input, init) => {
  const request = new Request(input, init);
  request.signal.throwIfAborted();
  await request.text();
  const { pathname } = new URL(request.url);
  if (pathname.endsWith("/logout")) return new Response(null, { status: 204 });
  if (/\/(login|refresh|me)$/.test(pathname)) return json(tokens());
  if (!refuses) return json({ orders: [] });
  refuses = false;
  return json({ error: "invalid_token" }, 401);
};

/** Given to every call and login, and never aborted. */
const { signal } = new AbortController();

/** A hundred logins and logouts, and a thousand calls. */
export async function round() {
  let done = 0;
  const count = async (promise) => {
    const response = await promise;
    done += 1;
    await response.text();
  };
  for (let login = 0; login < LOGINS; login++) {
    const stop = auth.subscribe(() => auth.getSnapshot());
    await auth.login(ada, { signal });
    // So that no breaker against storms of refreshes stops it.
    sleep(2_000);
    refuses = login % 10 === 0;
    const post = { method: "POST", body: "{}", signal };
    const calls = Array.from({ length: CALLS / LOGINS }, (_, n) => auth.authFetch(orders, n % 2 ? post : { signal }));
    await Promise.all(calls.map(count));
    if (login % 10 === 5) {
      await auth.refresh();
      await attempt(auth.authFetch(orders, { signal: AbortSignal.abort() }));
    }
    await auth.accessToken();
    auth.journal();
    stop();
    await auth.logout();
  }
  // What the test page itself keeps.
  changes.length = 0;
  return done;
}

/** Bytes of memory, and entries of the tables of functions and of JavaScript values. */
export const sizes = () => ({
  memory: exported(WebAssembly.Memory).map(({ buffer }) => buffer.byteLength),
  tables: exported(WebAssembly.Table).map(({ length }) => length),
});
