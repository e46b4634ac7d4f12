// A renewal with what few apps have: tokens that are bound to a key, and those of further APIs, which come right behind it.

import { textOf } from "../bounded.js";
import { jsonIn } from "./json.js";

/**
 * `apis` and `bound`: see there, if there are any. `marked`: that of `engine.js`. The outer function is called when the engine asks, the inner
 * one when it is known where that goes: meanwhile the session may have become another.
 */
export const renewal = (apis, bound, marked) => () => {
  const session = apis?.session();
  return (...request) => renewed({ apis, bound, marked, session }, ...request);
};

async function renewed({ apis, bound, marked, session }, found, token, jkt, url, init, send) {
  const begun = performance.now();
  const { own } = found;
  const { signal } = init;
  const proves = bound && (jkt || own.dpop === true);
  const refusal = jkt && (bound ? await bound.refusal(jkt) : keyless());
  if (refusal) return refusal;
  const ask = (body, signal) => {
    const request = new Request(url, { ...init, body, signal });
    return proves ? bound.ask(request, send) : send(request);
  };
  const wish = proves ? String(own.dpop) : "";
  const note = async (answer, isOfApi) => bound?.noted(answer, wish, isOfApi);
  // The sign-in has asked for more, which only the tokens of the APIs are to have (RFC 6749 §6).
  if (own.narrow) init.body.set("scope", own.narrow);
  let [response, text] = await answerOf(ask, init.body, signal);
  if (own.narrow && !response.ok && jsonIn(text)?.error === "invalid_scope") {
    // Less was granted than was asked for: then all of that.
    own.narrow = undefined;
    init.body.delete("scope");
    [response, text] = await answerOf(ask, init.body, signal);
  }
  const answer = jsonIn(text);
  if (!response.ok || typeof answer?.access_token !== "string") return new Response(text, response);
  let key;
  try {
    key = await note(answer);
  } catch (error) {
    // What is not to be used ends the session: the refresh token may be used up.
    return Response.json({ error: error.code, error_description: error.message }, { status: 400 });
  }
  const before = answer.refresh_token ?? token;
  const newest = apis ? await apis.renewed(found, before, { begun, session, signal, ask, note, wish }) : before;
  const { status, headers } = response;
  return new Response(JSON.stringify({ ...answer, ...asBearer(key), refresh_token: marked(own, newest, key ?? (before === token ? jkt : "")) }), { status, headers });
}

async function answerOf(ask, body, signal) {
  const response = await ask(body, signal);
  // One that is too long is one that was cut off.
  return [response, (await textOf(response)) ?? ""];
}

/** The engine knows one type of tokens. How they go is no matter of its own. */
export const asBearer = (jkt) => jkt && { token_type: "Bearer" };

/** Of an app that has given DPoP up. */
const keyless = () => Response.json({ error: "key_lost" }, { status: 400 });
