// One origin with all that the clients ask for: pages, bundles, a provider of OpenID Connect, an API that wants a good token.
// It counts what arrives: what a client claims to have done is believed only if it is in here.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { constants, brotliCompressSync } from "node:zlib";
import { cookies } from "./cookies.js";
import { jwks, jwt } from "./tokens.js";

const FOR_EVER = "public, max-age=31536000, immutable";
// Cross-origin isolation makes the page's clock tell 5 µs instead of 100.
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const TYPES = { js: "text/javascript", wasm: "application/wasm" };

const noCounts = () => ({ authorised: 0, refused: 0, refreshes: 0, reused: 0, signIns: 0 });

/** `files`: path to bytes. `pages`: path to HTML. */
export async function serve(files, pages) {
  const tokens = new Map();
  const refreshTokens = new Map();
  const packed = new Map([...files].map(([path, bytes]) => [path, brotli(bytes)]));
  let counts = noCounts();
  let lastEnd = 0;

  const bench = {
    /** Seconds that the tokens live which are issued from now on. */
    life: 3600,
    origin: undefined,
    /** What arrived since the last time. */
    take() {
      const taken = counts;
      counts = noCounts();
      return taken;
    },
    /** Resolves when the token that was issued last has ended. */
    async expired() {
      const left = lastEnd - Date.now();
      // A little more, for clients that round to whole seconds.
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, left) + 50));
    },
    close: () => server.close(),
  };

  function issue(nonce) {
    const claims = { iss: `${bench.origin}/`, aud: "bench", sub: "ada", email: "ada@example.com" };
    // Ends where a second ends, as `exp` can say no more.
    const end = Math.ceil(Date.now() / 1000 + bench.life) * 1000;
    // ES256 is quick to sign. The id token is what auth0-spa-js and others take only as RS256.
    const quick = { life: bench.life, alg: "ES256" };
    const access = jwt({ ...claims, exp: end / 1000, jti: randomUUID(), scope: "openid profile email" }, quick);
    // Opaque by the standard, but Keycloak's are JWTs, and its client reads them.
    const refresh = jwt({ iss: claims.iss, sub: claims.sub, jti: randomUUID(), typ: "Refresh" }, { ...quick, life: 86_400 });
    tokens.set(access, end);
    refreshTokens.set(refresh, false);
    lastEnd = end;
    return {
      access_token: access,
      refresh_token: refresh,
      id_token: jwt({ ...claims, nonce, exp: end / 1000 }, { life: bench.life, alg: "RS256" }),
      token_type: "Bearer",
      expires_in: Math.round((end - Date.now()) / 1000),
      expires_at: end / 1000,
      scope: "openid profile email",
      user: { id: "ada", email: "ada@example.com", aud: "bench", app_metadata: {}, user_metadata: {}, created_at: "2026-01-01T00:00:00Z" },
    };
  }

  function token(grant) {
    if (grant.code !== undefined) {
      counts.refreshes += 1;
      return [200, issue(byCookie.nonceOf(grant.code))];
    }
    if (grant.refresh_token === undefined) {
      counts.signIns += 1;
      return [200, issue()];
    }
    counts.refreshes += 1;
    if (!refreshTokens.has(grant.refresh_token)) return [400, { error: "invalid_grant" }];
    // A server that rotates would end the session here. This one only counts, so that the run can go on.
    if (refreshTokens.get(grant.refresh_token)) counts.reused += 1;
    refreshTokens.set(grant.refresh_token, true);
    return [200, issue()];
  }

  function api(request) {
    const [scheme, value] = (request.headers.authorization ?? "").split(" ");
    const isGood = scheme === "Bearer" ? tokens.get(value) > Date.now() : byCookie.isSignedIn(request);
    if (isGood) {
      counts.authorised += 1;
      return [200, { orders: [] }];
    }
    counts.refused += 1;
    return [401, { error: "invalid_token" }, { "WWW-Authenticate": 'Bearer error="invalid_token"' }];
  }

  const byCookie = cookies({ issue, counts: () => counts, origin: () => `${bench.origin}/` });

  const discovery = () => ({
    issuer: `${bench.origin}/`,
    authorization_endpoint: `${bench.origin}/authorize`,
    token_endpoint: `${bench.origin}/token`,
    userinfo_endpoint: `${bench.origin}/userinfo`,
    jwks_uri: `${bench.origin}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ["RS256"],
    response_modes_supported: ["query", "fragment"],
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    code_challenge_methods_supported: ["S256"],
  });

  async function answer(request, response) {
    const url = new URL(request.url, bench.origin);
    const { pathname } = url;
    const json = (status, value, headers) =>
      response.writeHead(status, { ...ISOLATED, "Cache-Control": "no-store", ...headers, "Content-Type": "application/json" }).end(JSON.stringify(value));
    if (pathname.startsWith("/api/")) return json(...api(request));
    if (packed.has(pathname)) {
      const headers = { "Content-Type": TYPES[pathname.split(".").at(-1)], "Content-Encoding": "br", "Cache-Control": FOR_EVER };
      return response.writeHead(200, { ...ISOLATED, ...headers }).end(packed.get(pathname));
    }
    const page = pages(pathname);
    if (page) return response.writeHead(200, { ...ISOLATED, "Content-Type": "text/html" }).end(page);
    if (pathname.startsWith("/.well-known/jwks")) return json(200, jwks);
    if (pathname.startsWith("/.well-known/")) return json(200, discovery());
    const answered = byCookie.answer(request, url);
    if (answered) return json(...answered);
    if (/\/(token|login|refresh)$/.test(pathname)) return json(...token(fields(await bodyOf(request))));
    response.writeHead(404, ISOLATED).end();
  }

  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    answer(request, response).catch((error) => response.writeHead(500, ISOLATED).end(String(error)));
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  bench.origin = `http://localhost:${server.address().port}`;
  return bench;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** JSON as the web's own backends have it, a form as RFC 6749 has it. */
const fields = (body) => (body.startsWith("{") ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body)));

export const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
