// The answer that a page was opened with.

import { textOf } from "../bounded.js";
import { AuthError } from "../error.js";
import { decide, formOf } from "./decide.js";
import { marked } from "./engine.js";
import { claimsOf, keysAt } from "./id-token.js";
import { jsonIn } from "./json.js";
import { unreachable } from "./provider.js";
import { relayed } from "./relay.js";
import { peek, take } from "./slots.js";
import { inTurn } from "./turn.js";
import { inTime } from "../wait.js";

/** What an answer adds to the address (RFC 6749 §4.1.2, RFC 9207, OpenID Connect Session Management §2). */
const ANSWER = ["code", "state", "iss", "error", "error_description", "error_uri", "session_state"];
/** Milliseconds that the token endpoint may take. */
const PATIENCE = 30_000;
/** And a window may take to close. One that may not is the app's own again. */
const LONGEST_CLOSING = 1_000;
/** And a session of another tab may take to be seen here. */
const LONGEST_NEWS = 1_000;
/** Of the ID token, what is no property of the person. */
const OF_THE_TOKEN = /^(iss|aud|azp|exp|nbf|iat|jti|nonce|at_hash|c_hash|s_hash|auth_time|acr|amr|sid)$/;

/**
 * Takes up the answer that the page was opened with; `null`, if it is not ours. `cleaned` is told the address without it; `living` gives the
 * client that is there when the tokens are; `logouts` is how many there were when it was asked for.
 *
 * @throws {AuthError} `callback_stale`, `callback_refused`, `provider_unreachable`, `response_invalid`, `token_untrusted`; where the
 * slot is known with `returnTo` and `appState`.
 */
export async function takeUp(context, cleaned, living, logouts) {
  const url = new URL(location.href);
  const state = url.searchParams.get("state");
  const isAside = /^(popup|silent)$/.test(peek(state).kind);
  const answer = { search: url.search, at: url.origin + url.pathname };
  if (isAside && (await relayed(state, answer))) {
    // Of a frame the page that waits disposes; a window goes by itself.
    const closing = new Promise((done) => setTimeout(done, LONGEST_CLOSING));
    window.close();
    await closing;
  }
  const clean = () => {
    const { origin, pathname, search, hash } = location;
    // The rest to the letter, as a router may look at it.
    const isRest = (member) => !ANSWER.includes([...new URLSearchParams(member).keys()][0]);
    const rest = search.slice(1).split("&").filter(isRest).join("&");
    if (search) history.replaceState(history.state, "", origin + pathname + (rest && `?${rest}`) + hash);
    cleaned(location.href);
  };
  return settled(context, answer, { clean, living, logouts });
}

/** The same for an answer, wherever it came. `clean` is called if it is ours. Until the session begins, `signal` gives it up, and so does one more logout. */
export const settled = (context, answer, wishes) =>
  inTurn(`hallpass/answer:${new URLSearchParams(answer.search).get("state")}`, (hasWaited) => judged(context, answer, { ...wishes, hasWaited }));

/** `hasWaited`: for another tab, which has the same answer. */
async function judged(context, { search, at }, { clean = () => {}, living = async () => context, logouts, signal, hasWaited }) {
  const { client, key } = context;
  const answer = [...new URLSearchParams(search)];
  const states = answer.filter(([name]) => name === "state");
  // One that stands twice spends no slot.
  const slot = states.length === 1 ? await take(states[0][1], key) : [];
  const { return_to: returnTo = "/", app_state, step_up } = Object.fromEntries(slot);
  const present = async () => {
    signal?.throwIfAborted();
    const present = await living();
    if (context.logouts !== logouts) throw new AuthError("superseded", "a logout came before the sign-in was done");
    return present;
  };
  const appState = app_state && JSON.parse(app_state);
  try {
    const decided = await decide("judge", [[["key", key], ["at", at]], answer, slot, [["now", Date.now()]]], answer);
    const { is, ...body } = Object.fromEntries(decided);
    if (!is) return null;
    // Before anything is sent: who loads the page anew sends nothing a second time.
    clean();
    return { user: is === "code" ? await signIn(context, slot, body, present) : null, returnTo, appState };
  } catch (error) {
    clean();
    // The visitor went back, or opened it anew: the app has nothing to do but to go on.
    // Not so after a step-up, which may have been refused.
    if (error.code === "callback_stale" && !step_up) {
      if (hasWaited) await untilSignedIn(client);
      if (client.status === "signed-in") return { user: client.user, returnTo, appState: undefined };
    }
    throw Object.assign(error, { returnTo, appState });
  }
}

/** Another tab has just signed somebody in, perhaps. */
async function untilSignedIn(client) {
  let stop;
  const seen = new Promise((done) => {
    stop = client.subscribe(({ status }) => status === "signed-in" && done());
    if (client.status === "signed-in") done();
  });
  await inTime(seen, LONGEST_NEWS, () => new Error("nobody is")).catch(() => {});
  stop();
}

/** The code for tokens, and those to the client that is `present`. What is not taken is revoked. */
async function signIn({ providers, more }, slot, body, present) {
  const { token_endpoint, jwks_uri, issuer, provider = "", dpop = "" } = Object.fromEntries(slot);
  const bound = more?.bound;
  const { own } = providers.get(provider) ?? {};
  if (own?.issuer !== issuer) throw new AuthError("callback_stale", "the provider of this sign-in is not among the options any more; start it again");
  if (own.dpop === true && !dpop) throw new AuthError("callback_stale", "this sign-in began without sso.dpop, which is demanded now; start it again");
  const keys = jwks_uri && (await keysAt(jwks_uri));
  const { status, tokens, time } = await exchanged(token_endpoint, body, dpop && bound ? (request) => bound.ask(request, fetch) : fetch);
  try {
    const said = formOf(tokens);
    await decide("answered", [slot, [["status", status]], said], said);
    const jkt = await bound?.noted(tokens, dpop);
    const user = await personOf(own, slot, tokens, keys, time, jkt ? (request) => bound.call(request, fetch, tokens.access_token) : fetch);
    return await begun(await present(), own, tokens, user, jkt);
  } catch (error) {
    revoke(slot, tokens);
    throw error;
  }
}

/** Who has signed in, by the ID token that was verified; of several providers also at which. */
async function personOf({ name: provider, userinfo: isAsked }, slot, tokens, keys, time, send) {
  const user = {};
  if (tokens.id_token !== undefined) {
    if (!keys) throw new AuthError("response_invalid", "the provider names no jwks_uri, by which its ID token could be verified");
    const claims = await claimsOf(tokens, slot, keys, time);
    const { userinfo_endpoint } = Object.fromEntries(slot);
    const more = isAsked && userinfo_endpoint ? await userinfo(userinfo_endpoint, tokens.access_token, claims, send) : {};
    for (const [name, value] of Object.entries({ ...claims, ...more })) if (!OF_THE_TOKEN.test(name)) user[name] = value;
    if (provider) user.subject = `${provider}:${claims.sub}`;
  }
  if (provider) user.provider = provider;
  return user;
}

/** The session begins. */
async function begun({ client, hint, more }, own, { access_token, refresh_token, expires_in, id_token }, user, jkt) {
  if (id_token) hint.keep(own.name, id_token);
  try {
    const person = Object.keys(user).length > 0 && { user };
    const signedIn = await client.adopt({ access_token, refresh_token: marked(own, refresh_token, jkt), expires_in, ...person });
    // Also of the same person: what they have proved now is in new tokens only.
    more?.drop();
    return signedIn;
  } catch (error) {
    hint.drop();
    throw error;
  } finally {
    hint.look();
  }
}

/** Tokens that nobody is to have (RFC 7009), as far as the provider can be asked for that. */
function revoke(slot, { refresh_token, access_token }) {
  const { revocation_endpoint, client_id } = Object.fromEntries(slot);
  const token = refresh_token ?? access_token;
  if (!revocation_endpoint || typeof token !== "string") return;
  const body = new URLSearchParams({ token, client_id });
  fetch(revocation_endpoint, { method: "POST", body, credentials: "omit", redirect: "error", keepalive: true }).catch(() => {});
}

/** Sends the code, once: what becomes of it nobody can know if no answer comes, and a second use would end what came of the first. */
async function exchanged(url, body, send) {
  try {
    const request = new Request(url, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { Accept: "application/json" },
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const response = await send(request);
    const { status, headers } = response;
    const text = await textOf(response);
    if (status >= 500 || status === 429) throw new Error(`status ${status}`);
    // By CORS few servers show theirs.
    const told = Date.parse(headers.get("Date"));
    const time = [["now", Math.floor((told || Date.now()) / 1000)], ["clock", told ? "server" : "device"]];
    return { status, tokens: objectOf(text), time };
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    throw unreachable("no tokens for the code, which is not sent again; start the sign-in again", { cause, retryable: false });
  }
}

/** What the provider says of the person beside the ID token (OpenID Connect Core §5.3). */
async function userinfo(url, token, claims, send) {
  let said;
  try {
    const request = new Request(url, {
      headers: { Accept: "application/json", Authorization: `Bearer ${token}` },
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const response = await send(request);
    said = response.ok && objectOf(await textOf(response));
  } catch {
    // The ID token has proved who it is: a name that is missing keeps nobody out.
  }
  if (!said) return {};
  await decide("same_person", [formOf(claims), formOf(said)]);
  return said;
}

function objectOf(text) {
  const value = jsonIn(text);
  if (typeof value === "object" && value && !Array.isArray(value)) return value;
  throw new AuthError("response_invalid", "the answer of the token endpoint is no JSON object, or too long");
}
