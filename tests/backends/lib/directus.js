// Answers as Directus documents it, with its words: directus/directus at 763259f, `api/src/controllers/auth.ts`, and the list of its error codes.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

const USER = { id: "7e6a9d2c-6d0f-4c55-9c0f-3a2b5d7f8e10", first_name: "Ada", last_name: null, email: "ada@example.com" };
const PASSWORD = "correct horse";
/** Milliseconds, as Directus counts them. */
const TTL = { access: 900_000, session: 86_400_000 };
const COOKIES = { cookie: "directus_refresh_token", session: "directus_session_token" };

const error = (status, code, message) => ({ status, body: { errors: [{ message, extensions: { code } }] } });
const REFUSED = error(401, "INVALID_CREDENTIALS", "Invalid user credentials.");
const EXPIRED = error(401, "TOKEN_EXPIRED", "Token expired.");
const FORGED = error(403, "INVALID_TOKEN", "Invalid token.");
const FORBIDDEN = error(403, "FORBIDDEN", "You don't have permission to access this.");
const NO_TOKEN = error(400, "INVALID_PAYLOAD", "Invalid payload. The refresh token is required in either the payload or cookie.");

const base64 = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claimsOf = (token) => {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
  } catch {
    return null;
  }
};

/** In each of the three modes of its login. */
export async function startDirectus() {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const sessions = new Set();
  const orders = [];

  const sign = (claims, ttl) => {
    const [iat, exp] = [now(), now() + ttl].map((time) => Math.floor(time / 1000));
    const claimed = { id: USER.id, role: null, app_access: false, admin_access: false, ...claims, iat, exp, iss: "directus" };
    return `${base64({ alg: "HS256", typ: "JWT" })}.${base64(claimed)}.${randomBytes(32).toString("base64url")}`;
  };
  /** The answer to a login or a refresh: `mode` says what of it the page sees. */
  const issue = (mode) => {
    const refresh_token = randomBytes(48).toString("base64url");
    sessions.add(refresh_token);
    if (mode === "session") {
      const token = sign({ session: refresh_token }, TTL.session);
      return { status: 200, body: { data: { expires: TTL.session } }, cookie: { name: COOKIES.session, value: token, age: TTL.session } };
    }
    const data = { expires: TTL.access, access_token: sign({}, TTL.access) };
    if (mode === "json") return { status: 200, body: { data: { ...data, refresh_token } } };
    return { status: 200, body: { data }, cookie: { name: COOKIES.cookie, value: refresh_token, age: 604_800_000 } };
  };
  const modeOf = (body) => body.mode ?? (body.refresh_token ? "json" : "cookie");
  /** The refresh token that is meant, or the answer that refuses it. */
  const refreshToken = (body, cookies) => {
    const mode = modeOf(body);
    if (mode !== "session") return (mode === "json" ? body.refresh_token : cookies.get(COOKIES.cookie)) ?? NO_TOKEN;
    const claims = claimsOf(cookies.get(COOKIES.session));
    if (!claims) return NO_TOKEN;
    return claims.exp * 1000 < now() ? EXPIRED : claims.session;
  };
  /** Whom the token of a call is about, or the answer that refuses it. */
  const caller = (request, cookies) => {
    const token = request.headers.authorization?.match(/^Bearer (.+)/)?.[1] ?? cookies.get(COOKIES.session);
    if (!token) return null;
    const claims = claimsOf(token);
    if (!claims) return FORGED;
    if (claims.exp * 1000 < now()) return EXPIRED;
    return claims.session && !sessions.has(claims.session) ? REFUSED : USER;
  };

  const routes = {
    "POST /auth/login": ({ body }) => (body.email === USER.email && body.password === PASSWORD ? issue(body.mode ?? "json") : REFUSED),
    "POST /auth/refresh": ({ body, cookies }) => {
      const token = refreshToken(body, cookies);
      if (typeof token !== "string") return token;
      return sessions.delete(token) ? issue(modeOf(body)) : REFUSED;
    },
    "POST /auth/logout": ({ body, cookies }) => {
      const token = refreshToken(body, cookies);
      if (typeof token !== "string") return token;
      sessions.delete(token);
      return { status: 204, cookie: { name: COOKIES[modeOf(body)], value: "", age: 0 } };
    },
    "GET /users/me": ({ who }) => (who ? { status: 200, body: { data: USER } } : REFUSED),
    "GET /items/orders": ({ who }) => (who ? { status: 200, body: { data: orders } } : FORBIDDEN),
    "POST /items/orders": ({ who, body }) => {
      if (!who) return FORBIDDEN;
      orders.push({ id: orders.length + 1, item: body.item, user_created: who.id });
      return { status: 200, body: { data: orders.at(-1) } };
    },
  };

  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const sent = Buffer.concat(chunks).toString();
    const isJson = request.headers["content-type"]?.startsWith("application/json");
    const body = sent && isJson ? JSON.parse(sent) : {};
    const cookies = new Map((request.headers.cookie ?? "").split("; ").map((pair) => pair.split(/=(.*)/s)));
    const route = routes[`${request.method} ${request.url}`];
    const who = caller(request, cookies);
    const answer = !route ? error(404, "ROUTE_NOT_FOUND", `Route ${request.url} doesn't exist.`) : who?.status ? who : route({ body, cookies, who });
    response.setHeader("Date", new Date(now()).toUTCString());
    if (answer.cookie?.name) {
      const { name, value, age } = answer.cookie;
      response.setHeader("Set-Cookie", `${name}=${value}; Max-Age=${age / 1000}; Path=/; HttpOnly; SameSite=Lax`);
    }
    if (answer.body) response.setHeader("Content-Type", "application/json; charset=utf-8");
    response.writeHead(answer.status).end(answer.body && JSON.stringify(answer.body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://localhost:${server.address().port}`,
    forward: (seconds) => (ahead += seconds * 1000),
    /** Ends all sessions, as an administrator may. */
    revoke: () => sessions.clear(),
    scope: { password: PASSWORD },
    credentials: { email: USER.email, password: PASSWORD },
    wrong: { email: USER.email, password: "wrong" },
    refused: { status: 401, serverCode: "INVALID_CREDENTIALS", serverMessage: "Invalid user credentials." },
    user: USER,
    api: "/items/orders",
    order: { item: "milk" },
    created: 200,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
