// A backend that signs people in by pages of its own, as Duende's BFF does: a cookie, claims in a list, a logout with a number in its address.
import { randomUUID } from "node:crypto";

/** `answer` may change what it says: functions by name. `asked` has what it was asked. */
export function bff() {
  const sessions = new Map();
  const asked = [];
  const lies = {};
  const of = (request) => sessions.get(/(?:^|; )bff=([^;]+)/.exec(request.headers.cookie ?? "")?.[1]);

  const handle = async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    if (!/^\/(bff|orders-api)\b/.test(url.pathname)) return false;
    const { pathname, searchParams: query } = url;
    asked.push({ method: request.method, path: pathname, query: Object.fromEntries(query), csrf: request.headers["x-csrf"] });
    const session = of(request);
    const back = (headers = {}) => response.writeHead(302, { location: query.get("returnUrl") ?? "/", ...headers }).end();
    const json = (value, status = 200) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (pathname === "/bff/login") {
      const sid = randomUUID();
      sessions.set(sid, { sid, sub: query.get("as") ?? "ada" });
      back({ "set-cookie": `bff=${sid}; Path=/; HttpOnly; SameSite=Lax` });
    } else if (pathname === "/bff/logout") {
      // A number that is not the session's is somebody else's link.
      if (request.method === "GET" && query.get("sid") !== session?.sid) return response.writeHead(400).end("no"), true;
      await lies.logout?.(response);
      if (response.writableEnded) return true;
      sessions.delete(session?.sid);
      back({ "set-cookie": "bff=; Path=/; Max-Age=0" });
    } else if (pathname === "/bff/user") {
      if (lies.user) return lies.user(response), true;
      if (!session || request.headers["x-csrf"] !== "1") return json({}, 401), true;
      json([{ type: "sub", value: session.sub }, { type: "bff:logout_url", value: lies.address ?? `/bff/logout?sid=${session.sid}` }]);
    } else if (pathname === "/bff/refresh") {
      json(session ? { access_token: `of-${session.sub}`, expires_in: 300, user: { sub: session.sub } } : { error: "invalid_grant" }, session ? 200 : 401);
    } else if (pathname === "/bff/logout-all") {
      sessions.clear();
      back({ "set-cookie": "bff=; Path=/; Max-Age=0" });
    } else {
      json(session ? { who: session.sub, by: request.headers.authorization } : {}, session ? 200 : 401);
    }
    return true;
  };

  return {
    handle,
    asked,
    count: (path) => asked.filter((one) => one.path === path).length,
    /** How many are signed in. */
    get size() {
      return sessions.size;
    },
    tell(next = {}) {
      for (const name of Object.keys(lies)) delete lies[name];
      Object.assign(lies, next);
      asked.length = 0;
      sessions.clear();
    },
  };
}
