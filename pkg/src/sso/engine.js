// What the engine is told of the provider: it renews and revokes as ever, and the requests go where the provider says.

const REFRESH = "/token";
const REVOCATION = "/revocation";

/** The options for the engine. What the app says itself counts. */
export function forEngine(options, own, provider) {
  const { sso, fetch: apps, fetchCalls, ...others } = options;
  const params = { client_id: own.clientId };
  const send = (request, kind) => (apps ? apps(request, kind) : fetch(request));
  return {
    user: "answer",
    ...others,
    fetchCalls,
    endpoints: {
      login: false,
      me: false,
      ...options.endpoints,
      refresh: REFRESH,
      logout: { url: REVOCATION, as: "form", params, credential: { token: "refresh", in: "body", name: "token" } },
    },
    fields: { subject: "sub", ...options.fields },
    refreshToken: { in: "form", params },
    async fetch(request, kind) {
      if (kind !== "refresh" && kind !== "logout") return send(request, kind);
      const body = await request.text();
      const { token_endpoint, revocation_endpoint } = await provider.endpoints();
      const url = kind === "refresh" ? token_endpoint : revocation_endpoint;
      // Nothing to revoke, or nobody who does: the session is over here.
      if (kind === "logout" && (!url || !new URLSearchParams(body).get("token"))) return new Response(null, { status: 204 });
      const { method, headers, signal, keepalive } = request;
      const init = { method, headers, body, signal, keepalive, credentials: "omit", redirect: "error", cache: "no-store" };
      return send(new Request(url, init), kind);
    },
  };
}
