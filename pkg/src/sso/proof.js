// Requests with a proof of possession (RFC 9449): each has one of its own, and once more if the server wants it with a nonce, or by its own clock.

import { textOf } from "../bounded.js";
import { decide } from "./further.js";
import { encoded, hashed, signed } from "./key.js";

const json = (value) => encoded(new TextEncoder().encode(JSON.stringify(value)));

/** `clock()` gives how far the server's clock is ahead, in milliseconds, as the engine knows it; `tell` is told what somebody should know. */
export function proving({ privateKey, jwk }, clock, tell) {
  /** The newest of each server, which may be two at one origin. */
  const nonces = new Map();
  /** By origin, what a server that objected has said itself. */
  const clocks = new Map();
  const told = new Set();

  const proofOf = async (request, nonce, now, ath) => {
    const claims = await decide("proof", [Object.entries({ method: request.method, url: request.url, jti: crypto.randomUUID(), now, nonce, ath })]);
    const { iat, ...texts } = Object.fromEntries(claims);
    const text = `${json({ typ: "dpop+jwt", alg: "ES256", jwk })}.${json({ ...texts, iat: Number(iat) })}`;
    return `${text}.${encoded(await signed(privateKey, new TextEncoder().encode(text)))}`;
  };

  /** Once, however often it happens. */
  const once = (origin, words) => {
    if (told.has(origin + words)) return;
    told.add(origin + words);
    tell(origin, words);
  };

  /**
   * Sends it by `send`. `at`: `"token"` for the authorization server. `token`: the access token that goes along. `isOnce`: its body cannot be
   * sent again. Gives the answer, and whether a nonce was all that it lacked.
   */
  return async (request, send, { at = "api", token, isOnce } = {}) => {
    const { origin } = new URL(request.url);
    const place = `${at} ${origin}`;
    const ath = token ? await hashed(token) : "";
    let next = request;
    let skew;
    for (let round = 0; ; round++) {
      const now = Date.now() + Math.round(clocks.get(origin) ?? clock());
      const nonce = nonces.get(place) ?? "";
      const proof = await proofOf(next, nonce, now, ath);
      const current = next;
      const isLast = isOnce || round > 0;
      if (!isLast) next = copyOf(current);
      current.headers.set("DPoP", proof);
      const response = await send(current);
      const header = (name) => response.headers.get(name) ?? "";
      if (response.ok && !header("DPoP-Nonce")) return [response, false];
      const asked = { at, nonce, now, is_again: round > 0, is_once: Boolean(isOnce) };
      const answer = {
        status: response.status,
        nonce: header("DPoP-Nonce"),
        challenge: header("WWW-Authenticate"),
        error: at === "token" && !response.ok ? await errorOf(response.clone()) : "",
        date: Date.parse(header("Date")) || "",
      };
      const decided = Object.fromEntries(await decide("answer_to_proof", [Object.entries(asked), Object.entries(answer)]));
      if (decided.nonce) nonces.set(place, decided.nonce);
      if (decided.date) clocks.set(origin, Number(decided.date) - Date.now());
      if (decided.hidden) once(origin, "wants a nonce and CORS hides it: add DPoP-Nonce to Access-Control-Expose-Headers");
      skew ??= decided.skew;
      if (skew && !decided.again && !response.ok) once(origin, `refuses the proof, and its clock differs by ${skew} seconds`);
      if (!decided.again) return [response, Boolean(decided.wants)];
      response.body?.cancel().catch(() => {});
    }
  };
}

/** What is there to be sent again, with the proof anew. */
function copyOf(request) {
  const { referrer, referrerPolicy, keepalive } = request;
  const copy = request.clone();
  // A clone forgets in some browsers what it was told.
  return copy.referrer === referrer && copy.keepalive === keepalive ? copy : new Request(copy, { referrer, referrerPolicy, keepalive });
}

async function errorOf(response) {
  try {
    const { error } = Object(JSON.parse(await textOf(response)));
    return typeof error === "string" ? error : "";
  } catch {
    return "";
  }
}
