// A provider that lies as it is told to, and writes down what it was asked.
import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";

const PAIRS = {
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
};
const base64url = (value) => Buffer.from(typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString("base64url");

/**
 * `tell(lies)`: functions that change what it says, by name; they may be changed between two sign-ins.
 *
 * `alg`: of its ID tokens, ES256 or RS256. `tls`: `key` and `cert`, with which it is https. `aliases`: further paths, each with its own name for it.
 */
export async function startLiar({ alg = "ES256", tls, aliases = {} } = {}) {
  const [own, other] = [PAIRS[alg](), PAIRS[alg]()];
  const jwk = { ...own.publicKey.export({ format: "jwk" }), kid: "k", alg, use: "sig" };
  const lies = {};
  const asked = [];
  const codes = new Map();
  let count = 0;
  const lie = (name, value, query) => (lies[name] ? lies[name](value, query) : value);

  const answer = async (request, response) => {
    const url = new URL(request.url, issuer);
    url.pathname = aliases[url.pathname] ?? url.pathname;
    let body = "";
    for await (const chunk of request) body += chunk;
    const form = Object.fromEntries(new URLSearchParams(body));
    response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
    if (!lies.hidesDate) response.setHeader("access-control-expose-headers", "date");
    // On a connection that was used before, the browser itself would send again what is cut off.
    response.setHeader("connection", "close");
    if (request.method === "OPTIONS") return response.setHeader("access-control-allow-headers", "*").writeHead(204).end();
    asked.push({ path: url.pathname, query: Object.fromEntries(url.searchParams), form, dpop: request.headers.dpop });
    const json = (value, status = 200) => {
      if (value === undefined) return request.socket.destroy();
      const isText = typeof value === "string";
      response.writeHead(value.status ?? status, { "content-type": isText ? "text/html" : "application/json" }).end(isText ? value : JSON.stringify(value.body ?? value));
    };
    if (url.pathname === "/.well-known/openid-configuration") return json(lie("document", document()));
    if (url.pathname === "/jwks") return json(lie("jwks", { keys: [jwk] }));
    if (url.pathname === "/auth") {
      const query = Object.fromEntries(url.searchParams);
      const code = `code-${++count}`;
      codes.set(code, query);
      const said = lie("answer", { code, state: query.state, iss: issuer });
      const to = new URL(lie("to", query.redirect_uri));
      // What it makes of the request for another provider is a query, whatever the client wants of an answer.
      const fields = query.response_mode === "fragment" && !lies.to ? new URLSearchParams() : to.searchParams;
      for (const [name, value] of Object.entries(said)) if (value !== undefined) fields.set(name, value);
      if (fields !== to.searchParams) to.hash = fields;
      await lies.hold?.();
      return response.writeHead(302, { location: lie("sent", to.href) }).end();
    }
    if (url.pathname === "/par") return json(lie("pushed", { request_uri: "urn:x", expires_in: 60 }), 201);
    const refusal = url.pathname === "/token" && lies.refusal?.(request.headers);
    if (refusal) return json(refusal);
    if (url.pathname === "/token" && form.grant_type === "refresh_token") {
      return json(await lie("renewed", { access_token: `access-${++count}`, refresh_token: `refresh-${count}`, token_type: "Bearer", expires_in: 300 }, form));
    }
    if (url.pathname === "/token") {
      const query = codes.get(form.code);
      codes.delete(form.code);
      const isRight = query && createHash("sha256").update(form.code_verifier).digest("base64url") === query.code_challenge;
      if (!isRight) return json({ error: "invalid_grant", error_description: "the code is used" }, 400);
      const access_token = `access-${count}`;
      const now = Math.floor(Date.now() / 1000);
      const claims = lie("claims", {
        iss: issuer,
        sub: "ada",
        aud: "shop",
        exp: now + 300,
        iat: now,
        nonce: query.nonce,
        at_hash: createHash("sha256").update(access_token).digest().subarray(0, 16).toString("base64url"),
      }, query);
      const id_token = signed(lie("header", { alg, kid: "k" }), claims);
      return json(lie("tokens", { access_token, refresh_token: `refresh-${count}`, token_type: "Bearer", expires_in: 300, id_token }));
    }
    if (url.pathname === "/revoke") return json((await lie("revoked", {})) ?? {});
    if (url.pathname === "/end") {
      const to = new URL(url.searchParams.get("post_logout_redirect_uri"));
      to.searchParams.set("state", url.searchParams.get("state"));
      return response.writeHead(302, { location: to.href }).end();
    }
    if (url.pathname === "/me") return json(lie("userinfo", { sub: "ada", name: "Ada" }));
    response.writeHead(404).end();
  };
  const server = tls ? createSecureServer(tls, answer) : createServer(answer);
  await new Promise((resolve) => server.listen(0, resolve));
  const issuer = `http${tls ? "s" : ""}://localhost:${server.address().port}`;

  const document = () => ({
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/me`,
    revocation_endpoint: `${issuer}/revoke`,
    response_types_supported: ["code"],
    code_challenge_methods_supported: ["S256"],
    id_token_signing_alg_values_supported: [alg],
    authorization_response_iss_parameter_supported: true,
  });

  function signed(header, claims) {
    const text = `${base64url(header)}.${base64url(claims)}`;
    return `${text}.${base64url(lie("signature", signatures[header.alg](text)))}`;
  }
  const signatures = {
    ES256: (text) => sign("sha256", Buffer.from(text), { key: (lies.isForeign ? other : own).privateKey, dsaEncoding: "ieee-p1363" }),
    RS256: (text) => sign("sha256", Buffer.from(text), (lies.isForeign ? other : own).privateKey),
    none: () => "",
    // The public key as if it were a secret.
    HS256: (text) => createHmac("sha256", own.publicKey.export({ format: "pem", type: "spki" })).update(text).digest(),
  };

  return {
    issuer,
    asked,
    /** How often this was asked for. */
    count: (path) => asked.filter((one) => one.path === path).length,
    /** From here on these, and no others. */
    tell(next) {
      for (const name of Object.keys(lies)) delete lies[name];
      Object.assign(lies, next);
      asked.length = 0;
    },
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}
