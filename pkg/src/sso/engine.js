// What the engine is told of the providers: it renews and revokes as ever, and the requests go where the provider of the session says.

import { textOf } from "../bounded.js";
import { jsonIn } from "./json.js";

const REFRESH = "/token";
const REVOCATION = "/revocation";

/**
 * A refresh token says whose it is as long as it is here: it goes to no other provider, from whatever store or tab it comes, and whatever
 * the options have become.
 */
export const marked = (own, token, jkt) => (typeof token === "string" ? `${markOf(own)}${jkt ? BEHIND + jkt : ""}:${token}` : token);
/** Between whose a token is and the key that it is bound to. */
const BEHIND = "%20";
const markOf = ({ name, issuer }) => encodeURIComponent(`${name} ${issuer}`);

/** The options for the engine. What the app says itself counts. `renew`: how few apps renew, see `renewal.js`. */
export function forEngine(options, providers, renew) {
  const { sso, fetch: apps, fetchCalls, ...others } = options;
  const [{ own }] = providers.values();
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
    // The same `sub` at two providers is two people.
    fields: { subject: providers.has("") ? "sub" : "subject", ...options.fields },
    refreshToken: { in: "form", params },
    async fetch(request, kind) {
      if (kind !== "refresh" && kind !== "logout") return send(request, kind);
      const isRefresh = kind === "refresh";
      const renewing = isRefresh && renew?.();
      const form = new URLSearchParams(await request.text());
      const field = isRefresh ? "refresh_token" : "token";
      const [, mark, token] = /^([^:]*):(.*)$/s.exec(form.get(field)) ?? [];
      const found = [...providers.values()].find(({ own }) => markOf(own) === mark || (renew && mark?.startsWith(markOf(own) + BEHIND)));
      // Of a provider that is not among the options any more.
      if (!found && isRefresh) return Response.json({ error: "invalid_grant" }, { status: 400 });
      const { token_endpoint, revocation_endpoint } = found ? await found.provider.endpoints() : {};
      const url = isRefresh ? token_endpoint : revocation_endpoint;
      // Nothing to revoke, or nobody who does: the session is over here.
      if (!url) return new Response(null, { status: 204 });
      form.set(field, token);
      form.set("client_id", found.own.clientId);
      const { method, headers, signal, keepalive } = request;
      const init = { method, headers, body: form, signal, keepalive, credentials: "omit", redirect: "error", cache: "no-store" };
      if (renewing) return renewing(found, token, mark.slice((markOf(found.own) + BEHIND).length), url, init, (request) => send(request, kind));
      const response = await send(new Request(url, init), kind);
      return isRefresh ? withMark(response, found.own) : response;
    },
  };
}

async function withMark(response, own) {
  // One that is too long is one that was cut off.
  const text = (await textOf(response)) ?? "";
  const { status, headers } = response;
  const answer = jsonIn(text);
  if (typeof answer?.refresh_token !== "string") return new Response(text, { status, headers });
  return new Response(JSON.stringify({ ...answer, refresh_token: marked(own, answer.refresh_token) }), { status, headers });
}
