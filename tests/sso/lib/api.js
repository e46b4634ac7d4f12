// An API on an origin of its own: it lets in who has a token of the provider for it, and writes down what it was sent.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { EmbeddedJWK, calculateJwkThumbprint, jwtVerify } from "jose";
import { errors } from "oidc-provider";

/** `resource`: whose tokens it takes. Its `see(call, response, token)` may answer in its own way, and gives something then. */
export async function startApi(resource) {
  const api = { calls: [], resource };
  const server = createServer(async (request, response) => {
    const { origin = "*" } = request.headers;
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", api.exposed ?? "www-authenticate, dpop-nonce");
    if (request.method === "OPTIONS") {
      response.setHeader("access-control-allow-headers", "authorization, content-type, dpop");
      response.setHeader("access-control-allow-methods", "GET, POST, PUT");
      return response.writeHead(204).end();
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    const { authorization } = request.headers;
    const token = await api.idp?.provider.AccessToken.find(authorization?.replace(/^\w+ /, "") ?? "");
    const call = { authorization, aud: token?.aud, dpop: request.headers.dpop, body, method: request.method, url: request.url };
    api.calls.push(call);
    if (await api.see?.(call, response, token)) return;
    const isIn = token?.aud === resource;
    response.writeHead(isIn ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify({ sub: token?.accountId ?? null, aud: token?.aud ?? null, scope: token?.scope ?? null, body }));
  });
  await new Promise((resolve) => server.listen(0, resolve));
  api.origin = `http://localhost:${server.address().port}`;
  api.close = () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()));
  return api;
}

/** What a proof says, if it is one for this call (RFC 9449 §4.3); why not, if it is none. */
export async function proofIn({ dpop, authorization = "", method, url }, { origin }, jkt) {
  try {
    const { payload, protectedHeader } = await jwtVerify(dpop, EmbeddedJWK, { typ: "dpop+jwt", algorithms: ["ES256"] });
    const token = authorization.replace(/^DPoP /, "");
    const right = { htm: method, htu: origin + url.replace(/\?.*/, ""), ath: createHash("sha256").update(token).digest("base64url") };
    for (const [name, value] of Object.entries(right)) if (payload[name] !== value) return `${name} is ${payload[name]}, not ${value}`;
    if (Math.abs(payload.iat - Date.now() / 1000) > 30) return `iat is ${payload.iat}`;
    if ((await calculateJwkThumbprint(protectedHeader.jwk)) !== jkt) return "another key";
    return payload;
  } catch (error) {
    return String(error);
  }
}

/** What the provider needs for APIs of these resources, with a scope for each. */
export const resourceIndicators = (scopes) => ({
  enabled: true,
  useGrantedResource: () => false,
  defaultResource: () => undefined,
  getResourceServerInfo: (_, resource) => {
    if (!Object.hasOwn(scopes, resource)) throw new errors.InvalidTarget();
    return { scope: scopes[resource], audience: resource, accessTokenFormat: "opaque" };
  },
});
