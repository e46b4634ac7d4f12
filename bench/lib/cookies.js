// What the server answers where the browser carries the credential: below `/session/` a session that is a cookie, below `/hybrid/` a refresh
// token that is one. The providers' own shapes are beside: better-auth's `get-session`, supertokens' `front-token`, the code of OpenID Connect.
import { randomUUID } from "node:crypto";

const USER = { id: "ada", email: "ada@example.com" };
const HOUR_S = 3600;

/** `issue(nonce)`: an access token with what goes along; `counts()`: what is counted at the moment. */
export function cookies({ issue, counts, origin }) {
  const sessions = new Set();
  const nonces = new Map();

  const isKnown = (request, name) => sessions.has(cookiesOf(request)[name]);
  const refused = [401, { error: "unauthorized" }];

  /** It lives `seconds` by what supertokens' client may read: its front token ends where the access token does. */
  function given(name, path, seconds) {
    const id = randomUUID();
    sessions.add(id);
    const end = Date.now() + seconds * 1000;
    return {
      "Set-Cookie": [`${name}=${id}; HttpOnly; SameSite=Lax; Path=${path}; Max-Age=86400`, `XSRF-TOKEN=${randomUUID()}; SameSite=Lax; Path=/; Max-Age=86400`],
      "front-token": Buffer.from(JSON.stringify({ uid: USER.id, ate: end, up: { iat: Math.floor(Date.now() / 1000), exp: Math.ceil(end / 1000) } })).toString("base64"),
    };
  }

  function signIn(name, path, seconds, body) {
    counts().signIns += 1;
    return [200, body, given(name, path, seconds)];
  }

  function renewed(request) {
    counts().refreshes += 1;
    if (!isKnown(request, "refresh")) return refused;
    return [200, issue(), given("session", "/", HOUR_S)];
  }

  /** RFC 6749 §4.1.2. The page that asks is the one that is answered. */
  function authorize(request, { searchParams }) {
    if (!isKnown(request, "provider")) return refused;
    const code = randomUUID();
    nonces.set(code, searchParams.get("nonce") ?? undefined);
    const back = new URL(searchParams.get("redirect_uri"));
    const answer = new URLSearchParams({ code, state: searchParams.get("state"), iss: `${origin()}` });
    if (searchParams.get("response_mode") === "fragment") back.hash = answer;
    else for (const [name, value] of answer) back.searchParams.set(name, value);
    return [302, null, { Location: back.href }];
  }

  const routes = {
    "POST /session/login": () => signIn("session", "/", HOUR_S, { user: USER }),
    "POST /session/sign-in/email": () => signIn("session", "/", HOUR_S, { redirect: false, token: "", user: USER }),
    "GET /session/me": (request) => (isKnown(request, "session") ? [200, { user: USER }] : refused),
    "GET /session/get-session": (request) => [200, isKnown(request, "session") ? { session: { id: "1", userId: USER.id }, user: USER } : null],
    // Its front token is over at once, so that the next start renews.
    "POST /hybrid/login": () => {
      const [status, body, headers] = signIn("refresh", "/hybrid", 0, { ...issue(), refresh_token: undefined, user: USER });
      const [provider] = given("provider", "/authorize", 0)["Set-Cookie"];
      return [status, body, { ...headers, "Set-Cookie": [...headers["Set-Cookie"], provider] }];
    },
    "POST /hybrid/refresh": renewed,
    "POST /hybrid/session/refresh": renewed,
    "GET /authorize": authorize,
  };

  return {
    /** Whether the browser shows a session of its own accord. */
    isSignedIn: (request) => isKnown(request, "session"),
    /** The nonce of a code, which is good once. */
    nonceOf(code) {
      const nonce = nonces.get(code);
      nonces.delete(code);
      return nonce;
    },
    /** `[status, body, headers]`, or nothing: it is no such request. */
    answer: (request, url) => routes[`${request.method} ${url.pathname}`]?.(request, url),
  };
}

const cookiesOf = ({ headers: { cookie = "" } }) => Object.fromEntries(cookie.split("; ").map((pair) => pair.split("=")));
