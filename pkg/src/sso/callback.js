// The answer that a page was opened with.

import { AuthError } from "../error.js";
import { decide, formOf } from "./decide.js";
import { marked } from "./engine.js";
import { claimsOf, keysAt } from "./id-token.js";
import { unreachable } from "./provider.js";
import { relayed } from "./relay.js";
import { peek, take } from "./slots.js";

/** What an answer adds to the address (RFC 6749 §4.1.2, RFC 9207, OpenID Connect Session Management §2). */
const ANSWER = ["code", "state", "iss", "error", "error_description", "error_uri", "session_state"];
/** Milliseconds that the token endpoint may take. */
const PATIENCE = 30_000;
/** And a window may take to close. One that may not is the app's own again. */
const LONGEST_CLOSING = 1_000;
/** Of the ID token, what is no property of the person. */
const OF_THE_TOKEN = /^(iss|aud|azp|exp|nbf|iat|jti|nonce|at_hash|c_hash|s_hash|auth_time|acr|amr|sid)$/;

/**
 * Takes up the answer that the page was opened with; `null`, if it is not ours. `cleaned` is told the address without it.
 *
 * @throws {AuthError} `callback_stale`, `callback_refused`, `provider_unreachable`, `response_invalid`, `token_untrusted`; where the
 * slot is known with `returnTo` and `appState`.
 */
export async function takeUp(context, cleaned) {
  const url = new URL(location.href);
  const state = url.searchParams.get("state");
  const isAside = /^(popup|silent)$/.test(peek(state).kind);
  if (isAside && (await relayed(state, url.search))) {
    // Of a frame the page that waits disposes; a window goes by itself.
    const closing = new Promise((done) => setTimeout(done, LONGEST_CLOSING));
    window.close();
    await closing;
  }
  return settled(context, [...url.searchParams], () => {
    ANSWER.forEach((name) => url.searchParams.delete(name));
    // Without a change of the rest, as a router may look at it.
    if (location.search) history.replaceState(history.state, "", url);
    cleaned(location.href);
  });
}

/** The same for an answer, wherever it came. `clean` is called if it is ours. */
export async function settled(context, answer, clean = () => {}) {
  const { client, key } = context;
  const slot = await take(new Map(answer).get("state"), key);
  const { return_to: returnTo = "/", app_state } = Object.fromEntries(slot);
  const appState = app_state && JSON.parse(app_state);
  try {
    const decided = await decide("judge", [[["key", key]], answer, slot, [["now", Date.now()]]], answer);
    const { is, ...body } = Object.fromEntries(decided);
    if (!is) return null;
    // Before anything is sent: who loads the page anew sends nothing a second time.
    clean();
    return { user: is === "code" ? await signIn(context, slot, body) : null, returnTo, appState };
  } catch (error) {
    clean();
    // The visitor went back, or opened it anew: the app has nothing to do but to go on.
    if (error.code === "callback_stale" && client.status === "signed-in") return { user: client.user, returnTo, appState: undefined };
    throw Object.assign(error, { returnTo, appState });
  }
}

/** The code for tokens, and those to the engine. */
async function signIn({ client, hint, providers }, slot, body) {
  const { token_endpoint, jwks_uri, userinfo_endpoint, provider = "" } = Object.fromEntries(slot);
  const { own } = providers.get(provider) ?? {};
  const keys = jwks_uri && keysAt(jwks_uri);
  const { status, tokens, now } = await exchanged(token_endpoint, body);
  const said = formOf(tokens);
  await decide("answered", [slot, [["status", status]], said], said);
  const user = {};
  if (tokens.id_token !== undefined) {
    if (!keys) throw new AuthError("response_invalid", "the provider names no jwks_uri, by which its ID token could be verified");
    const claims = await claimsOf(tokens, slot, keys, now);
    const more = own?.userinfo && userinfo_endpoint ? await userinfo(userinfo_endpoint, tokens.access_token, claims) : {};
    for (const [name, value] of Object.entries({ ...claims, ...more })) if (!OF_THE_TOKEN.test(name)) user[name] = value;
  }
  const { access_token, refresh_token, expires_in } = tokens;
  const signedIn = await client.adopt({ access_token, refresh_token: marked(provider, refresh_token), expires_in, ...(Object.keys(user).length && { user }) });
  if (tokens.id_token) hint.keep(provider, tokens.id_token);
  return signedIn;
}

/** Sends the code, once: what becomes of it nobody can know if no answer comes, and a second use would end what came of the first. */
async function exchanged(url, body) {
  try {
    const response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { Accept: "application/json" },
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const { status, headers } = response;
    const text = await response.text();
    if (status >= 500 || status === 429) throw new Error(`status ${status}`);
    return { status, tokens: objectOf(text), now: Date.parse(headers.get("Date")) || Date.now() };
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    throw unreachable("no tokens for the code, which is not sent again; start the sign-in again", { cause, retryable: false });
  }
}

/** What the provider says of the person beside the ID token (OpenID Connect Core §5.3). */
async function userinfo(url, token, claims) {
  let said;
  try {
    const response = await fetch(url, {
      headers: { Accept: "application/json", Authorization: `Bearer ${token}` },
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    said = response.ok && objectOf(await response.text());
  } catch {
    // The ID token has proved who it is: a name that is missing keeps nobody out.
  }
  if (!said) return {};
  await decide("same_person", [formOf(claims), formOf(said)]);
  return said;
}

function objectOf(text) {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw new AuthError("response_invalid", "the answer of the token endpoint is no JSON object");
}
