// An API on an origin of its own: it lets in who has a token of the provider for it, and writes down what it was sent.
import { createServer } from "node:http";
import { errors } from "oidc-provider";

/** `resource`: whose tokens it takes. Its `see(call, response, token)` may answer in its own way, and gives something then. */
export async function startApi(resource) {
  const api = { calls: [], resource };
  const server = createServer(async (request, response) => {
    const { origin = "*" } = request.headers;
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", "www-authenticate, dpop-nonce");
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
