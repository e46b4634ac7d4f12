// An API with its login, small enough to see through: refresh tokens rotate, sessions want their CSRF token, and what
// arrives is written down. A refresh can be held, so that a test decides how long callers wait.
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { initTRPC, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { buildSchema, graphql, GraphQLError } from "graphql";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const orders = ["tea", "milk"];

const schema = buildSchema("type Query { orders: [String!]!, missing: String! }");
const resolvers = {
  orders: () => orders,
  missing: () => {
    throw new GraphQLError("no such order", { extensions: { code: "NOT_FOUND" } });
  },
};

const t = initTRPC.create();
const router = t.router({
  orders: t.procedure.query(() => orders),
  missing: t.procedure.query(() => {
    throw new TRPCError({ code: "NOT_FOUND", message: "no such order" });
  }),
});

const random = () => randomBytes(16).toString("hex");
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript" };

/** Serves the folder `root` as well. */
export async function startApi({ root } = {}) {
  /** What came to it: method, path, headers, and whether it was let in. */
  let seen = [];
  let arrived = [];
  /** Access tokens and session ids that are good, and refresh tokens. One that was rotated away ends everything. */
  const good = new Set();
  const renewing = new Set();
  const rotated = new Set();
  let csrf = random();
  let holding;

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    const { pathname } = url;
    const { origin } = request.headers;
    if (origin) response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-allow-credentials", "true");
    if (request.method === "OPTIONS") {
      response.setHeader("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "");
      response.setHeader("access-control-allow-methods", request.headers["access-control-request-method"] ?? "");
      response.writeHead(204).end();
      return;
    }
    const entry = { method: request.method, path: pathname, query: url.search, headers: request.headers };
    seen.push(entry);
    arrived = arrived.filter((look) => !look());
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // the caller went away
    }
    const body = Buffer.concat(chunks);
    const json = (status, value, headers = {}) => {
      entry.status = status;
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
    };
    const cookies = new Map((request.headers.cookie ?? "").split("; ").map((cookie) => cookie.split("=")));
    const area = pathname.split("/")[2];

    const auth = {
      "/auth/jwt/login": () => json(200, tokens()),
      "/auth/jwt/refresh": async () => {
        await holding;
        const { refresh_token: token } = JSON.parse(body);
        if (rotated.has(token)) revoke();
        if (!renewing.delete(token)) return json(400, { error: "invalid_grant" });
        rotated.add(token);
        json(200, tokens());
      },
      "/auth/session/login": () => {
        const id = random();
        good.add(id);
        json(200, { user: { name: "Ada" } }, { "set-cookie": [`sid=${id}; Path=/; HttpOnly`, csrfCookie()] });
      },
      "/auth/session/me": () =>
        good.has(cookies.get("sid")) ? json(200, { user: { name: "Ada" } }) : json(401, { error: "signed_out" }),
    }[pathname];
    if (auth) return auth();

    const allowed = {
      jwt: () => good.has(request.headers["x-token"] ?? request.headers.authorization?.slice("Bearer ".length)),
      session: () => good.has(cookies.get("sid")),
      open: () => true,
    }[area];
    if (!allowed) return file(root, pathname, response);
    if (!allowed()) return json(401, { error: "invalid_token" }, { "www-authenticate": "Bearer" });
    if (area === "session" && request.method !== "GET" && request.headers["x-xsrf-token"] !== csrf) {
      return json(403, { error: "csrf_failed" }, { "set-cookie": csrfCookie() });
    }
    entry.status = 200;
    const what = {
      orders: () => json(200, orders),
      missing: () => json(404, { error: "not_found" }),
      invalid: () => json(422, { error: "invalid", fields: ["item"] }),
      broken: () => json(503, { error: "broken" }),
      /** Says in its own way that it lets nobody in, until there was a refresh. */
      odd: () => (rotated.size ? json(200, orders) : json(200, { error: "expired" })),
      echo: () => json(200, { ...entry, body: body.toString("latin1") }),
      upload: () => json(200, { length: body.length, sha256: sha256(body) }),
      download: () => response.writeHead(200, { "content-length": 3_000_000 }).end(Buffer.alloc(3_000_000, "x")),
      never: () => {},
      // The head at once, the end never.
      slow: () => response.writeHead(200).flushHeaders(),
      expire() {
        good.clear();
        json(200, {});
      },
      drop: () => request.socket.destroy(),
      redirect: () => response.writeHead(307, { location: url.searchParams.get("to") }).end(),
      graphql: async () => {
        const { query } = JSON.parse(body);
        json(200, await graphql({ schema, source: query, rootValue: resolvers }));
      },
    }[pathname.split("/")[3]];
    if (what) return what();
    if (pathname.split("/")[3] === "trpc") {
      const asked = new Request(new URL(request.url, "http://localhost"), { method: request.method });
      const answer = await fetchRequestHandler({ endpoint: `/api/${area}/trpc`, req: asked, router });
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
      return;
    }
    json(404, {});
  });

  function tokens() {
    const [access_token, refresh_token] = [random(), random()];
    good.add(access_token);
    renewing.add(refresh_token);
    return { access_token, refresh_token, expires_in: 3600, user: { name: "Ada" } };
  }
  /** Refresh tokens neither. */
  function revoke() {
    good.clear();
    renewing.clear();
  }
  const csrfCookie = () => `XSRF-TOKEN=${csrf}; Path=/`;

  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    origin: `http://localhost:${port}`,
    /** The same by another name: another site, whose pages and cookies are apart. */
    otherOrigin: `http://127.0.0.1:${port}`,
    /** Requests to paths that end so. */
    seen: (path) => seen.filter((entry) => entry.path.endsWith(path)),
    /** Resolves when `count` requests to paths that end so have come. */
    came: (path, count = 1) =>
      new Promise((resolve) => {
        const look = () => {
          const enough = seen.filter((entry) => entry.path.endsWith(path)).length >= count;
          if (enough) resolve();
          return enough;
        };
        if (!look()) arrived.push(look);
      }),
    forget: () => (seen = []),
    /** No access token or session that was given out is good any more. */
    expire: () => good.clear(),
    revoke,
    moveCsrf: () => (csrf = random()),
    /** Refreshes wait until the function that it gives is called. */
    hold() {
      let release;
      holding = new Promise((resolve) => (release = resolve));
      return release;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

const sha256 = (body) => createHash("sha256").update(body).digest("hex");

async function file(root, pathname, response) {
  try {
    const content = await readFile(join(root, normalize(pathname === "/" ? "/index.html" : pathname)));
    response.writeHead(200, { "content-type": types[extname(pathname)] ?? types[".html"] }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}
