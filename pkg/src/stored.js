// What a page can show and send before its engine is there. Decides nothing that the engine has not: it wrote down with each stored session
// from when to when it would show that session and let calls go with its token. docs/decisions/0021.

import { decoded } from "../dist/common.js";
import { areSure, canOpen } from "./sure.js";

/** What an engine of this version wrote for a start, and its checksum. */
const SEALED = /^(hallpass\/1 {.+),"stamp":(\d+)}$/s;

const NOBODY = { state: ["signed-out", null, null, null, null, "ok"], claims: null };

/**
 * What holds at `now` (ms since 1970): the state as the engine lists it, the claims, the token, until when. Nothing: the engine has to say.
 */
export function storedState(options, now) {
  const { mode, storage = "memory", key = "default", verify, isSignedOut, fetchCalls, header, refuseRedirects } = options;
  // With these each call is looked at, or goes in a way of its own.
  if (mode !== "jwt" || verify || isSignedOut || fetchCalls || header?.name || refuseRedirects) return;
  // Outside of pages nobody waits for a first paint.
  if (!globalThis.document || !canOpen(options)) return;
  const nobody = () => (areSure(options) ? NOBODY : undefined);
  if (storage === "memory") return nobody();
  const text = textUnder(key, storage);
  return text === null ? nobody() : text && stateIn(text, stampOf(options), now);
}

/** What is stored for a key: null for nothing. Neither text nor null: it is blocked, or kept in another way. */
export function textUnder(key, storage) {
  try {
    return globalThis[`${storage}Storage`].getItem(`hallpass:${key}`);
  } catch {
    return undefined;
  }
}

/** The same, out of the text of a record. */
export function stateIn(text, stamp, now) {
  const [, open, checksum] = SEALED.exec(text) ?? [];
  if (!stamp || !open || Number(checksum) !== hashed(open, stamp)) return;
  const { access, endsAt, from, issuedAt, login, skew, until, user = null } = JSON.parse(text.slice(text.indexOf("{")));
  if (now < from || now >= until) return;
  const ends = endsAt !== undefined;
  const state = ["signed-in", user, null, ends ? endsAt - skew : null, ends ? issuedAt - skew : null, "ok"];
  return { state, claims: claimsIn(access), token: access, until, login };
}

/** The claims of a token; null of one that is opaque, or no JWT though it looks like one. */
function claimsIn(token) {
  const [, payload, ...rest] = token.split(".");
  try {
    return token.startsWith("eyJ") && rest.length === 1 ? JSON.parse(decoded(payload)) : null;
  } catch {
    return null;
  }
}

/** A number that tells these options from others; 0 of those that cannot be told. */
export function stampOf(options) {
  try {
    return hashed(JSON.stringify(options), 0) || 1;
  } catch {
    return 0;
  }
}

/** FNV-1a of the text's UTF-8. */
function hashed(text, seed) {
  let hash = 0x811c9dc5 ^ seed;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
