// Where the browser goes at the provider.

import { textOf } from "../bounded.js";
import { decide, formOf } from "./decide.js";
import { jsonIn } from "./json.js";
import { unreachable } from "./provider.js";

/** Milliseconds that a pushed request may take. */
const PATIENCE = 10_000;

/** The URL for what is asked; where that is wished it is pushed first (RFC 9126): just now, as it is good for a minute. */
export async function addressOf({ clientId, par = "" }, server, query) {
  const own = [["client_id", clientId], ["par", par]];
  const { authorization_endpoint, pushed_authorization_request_endpoint: url } = Object.fromEntries(server);
  const [[, push] = []] = await decide("push", [own, server]);
  if (!push) return urlOf(authorization_endpoint, query);
  const { status, answer, cause } = await sent(url, query);
  const isAway = !status || status >= 500;
  if (isAway && push === "must") throw unreachable(`no answer of ${url}, where what is asked has to go first`, { cause });
  const named = await decide("pushed", [own, [["push", push], ["status", status]], answer], answer);
  if (!named.length) console.warn(`hallpass: ${url} cannot be reached (status ${status}); what is asked for goes in the address`);
  return urlOf(authorization_endpoint, named.length ? named : query);
}

/** The endpoint with these members added to its query (RFC 6749 §3.1). */
export function urlOf(endpoint, query) {
  const url = new URL(endpoint);
  for (const [name, value] of query) url.searchParams.append(name, value);
  return url.href;
}

async function sent(url, query) {
  try {
    const response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(query),
      headers: { Accept: "application/json" },
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { status: response.status, answer: formOf(Object(jsonIn(await textOf(response)))) };
  } catch (cause) {
    return { status: 0, answer: [], cause };
  }
}
