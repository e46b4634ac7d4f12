// What the engine is told of the providers: it renews and revokes as ever, and the requests go where the provider of the session says.

const REFRESH = "/token";
const REVOCATION = "/revocation";

/**
 * A refresh token says whose it is as long as it is here: it goes to no other provider, from whatever store or tab it comes, and whatever
 * the options have become.
 */
export const marked = (own, token, jkt) => (typeof token === "string" ? `${encodeURIComponent(markOf(own) + (jkt ? ` ${jkt}` : ""))}:${token}` : token);
const markOf = ({ name, issuer }) => `${name} ${issuer}`;

/** Whose a refresh token is, what it is to the provider, and which key it is bound to. */
function markIn(text) {
  const [, mark = "", token] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  try {
    const [name, issuer, jkt] = decodeURIComponent(mark).split(" ");
    return { mark: `${name} ${issuer}`, jkt, token };
  } catch {
    return {}; // none of ours
  }
}

/** The options for the engine. What the app says itself counts. `apis` and `bound`: see there, if there are any. */
export function forEngine(options, providers, apis, bound) {
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
      const begun = performance.now();
      const form = new URLSearchParams(await request.text());
      const field = isRefresh ? "refresh_token" : "token";
      const { mark, jkt, token } = markIn(form.get(field));
      const found = [...providers.values()].find(({ own }) => markOf(own) === mark);
      // Of a provider that is not among the options any more.
      if (!found && isRefresh) return Response.json({ error: "invalid_grant" }, { status: 400 });
      const { token_endpoint, revocation_endpoint } = found ? await found.provider.endpoints() : {};
      const url = isRefresh ? token_endpoint : revocation_endpoint;
      const proves = isRefresh && bound && (jkt || found.own.dpop === true);
      const refusal = jkt && isRefresh && (bound ? await bound.refusal(jkt) : keyless());
      if (refusal) return refusal;
      // Nothing to revoke, or nobody who does: the session is over here.
      if (!url) return new Response(null, { status: 204 });
      form.set(field, token);
      form.set("client_id", found.own.clientId);
      const { method, headers, signal, keepalive } = request;
      const init = { method, headers, body: form, signal, keepalive, credentials: "omit", redirect: "error", cache: "no-store" };
      if (!isRefresh) return send(new Request(url, init), kind);
      const ask = (body, signal) => {
        const request = new Request(url, { ...init, body, signal });
        return proves ? bound.ask(request, (one) => send(one, kind)) : send(request, kind);
      };
      const wish = proves ? String(found.own.dpop) : "";
      const note = async (answer) => bound?.noted(answer, wish);
      const further = apis && ((newest) => apis.renewed(found, newest ?? token, { begun, signal, ask, note, wish }));
      return renewed(await ask(form, signal), found.own, further, note);
    },
  };
}

/** The engine knows one type of tokens. How they go is no matter of its own. */
export const asBearer = (jkt) => jkt && { token_type: "Bearer" };

/** Of an app that has given DPoP up. */
const keyless = () => Response.json({ error: "key_lost" }, { status: 400 });

/** The answer with the refresh token marked: that which is good once `further` tokens have come. `note` gives the key that it is bound to. */
async function renewed(response, own, further, note) {
  const text = await response.text();
  const { status, headers } = response;
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    // As it came.
  }
  const isRenewed = response.ok && typeof answer?.access_token === "string";
  let jkt;
  try {
    if (isRenewed) jkt = await note(answer);
  } catch (error) {
    // What is not to be used ends the session: the refresh token may be used up.
    return Response.json({ error: error.code, error_description: error.message }, { status: 400 });
  }
  const token = isRenewed && further ? await further(answer.refresh_token) : answer?.refresh_token;
  if (typeof token !== "string" && !jkt) return new Response(text, { status, headers });
  return new Response(JSON.stringify({ ...answer, ...asBearer(jkt), refresh_token: marked(own, token, jkt) }), { status, headers });
}
