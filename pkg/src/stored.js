// What a page can show and send before its engine is there. Decides nothing that the engine has not: it wrote down with each stored session
// from when to when it would show that session and let calls go with its token. docs/decisions/0021.

import { decoded } from "../dist/common.js";

const OURS = "hallpass/1 ";

/** What a record may hold that is read here, each of its kind. Another member is of a version that knows more. */
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isText = (value) => typeof value === "string" && value !== "";
const isTime = Number.isSafeInteger;
const MEMBERS = {
  login: isTime,
  generation: isCount,
  issuedAt: isTime,
  skew: isTime,
  access: isText,
  refresh: isText,
  endsAt: isTime,
  user: isObject,
  lent: (value) => value === true,
  attempt: isText,
  stamp: isCount,
  from: isTime,
  until: isTime,
};
const NEEDED = ["login", "generation", "issuedAt", "skew", "access", "stamp", "from", "until"];
/** As in the core: a session that begins more than a day ahead, or was renewed more often than anybody does. */
const AHEAD_MS = 86_400_000;
const MOST_GENERATIONS = 2 ** 32;
/** No longer token is taken. */
const LONGEST_TOKEN = 65_536;

const NOBODY = { state: ["signed-out", null, null, null, null, "ok"], claims: null, until: Infinity };

/**
 * What holds at `now` (ms since 1970): the state as the engine lists it, the claims, the token, until when. Nothing: the engine has to say.
 */
export function storedState(options, now) {
  const { mode, storage = "memory", key = "default", verify, isSignedOut, fetchCalls, header } = options;
  // With these each call is looked at, or goes in a way of its own.
  if (mode !== "jwt" || verify || isSignedOut || fetchCalls || header?.name) return;
  // Elsewhere nobody waits for a first paint.
  if (!globalThis.document) return;
  if (storage === "memory") return NOBODY;
  if (storage !== "local" && storage !== "session") return;
  let text;
  try {
    text = globalThis[`${storage}Storage`].getItem(`hallpass:${key}`);
  } catch {
    return; // blocked, or a worker
  }
  return text === null ? NOBODY : stateIn(text, stampOf(options), now);
}

/** The same, out of the text of a record. */
export function stateIn(text, stamp, now) {
  const record = text.startsWith(OURS) && parsed(text.slice(OURS.length));
  if (!isObject(record) || NEEDED.some((name) => record[name] === undefined)) return;
  if (!Object.entries(record).every(([name, value]) => Object.hasOwn(MEMBERS, name) && MEMBERS[name](value))) return;
  const { login, generation, issuedAt, skew, access, endsAt, user = null, from, until } = record;
  const isNow = record.stamp === stamp && from <= now && now < until;
  if (!isNow || login > now + AHEAD_MS || generation > MOST_GENERATIONS) return;
  const claims = claimsIn(access);
  if (claims === undefined) return;
  const ends = endsAt !== undefined;
  return { state: ["signed-in", user, null, ends ? endsAt - skew : null, ends ? issuedAt - skew : null, "ok"], claims, token: access, until };
}

/** The claims of a token; null of one that is opaque, nothing of one that is damaged. */
function claimsIn(token) {
  if (token.length > LONGEST_TOKEN || !/^[!-~]+$/.test(token)) return;
  if (!/^eyJ.*\./.test(token)) return null;
  const parts = token.split(".");
  const [header, payload, signature] = parts.map(decoded);
  if (parts.length !== 3 || !isObject(parsed(header)) || signature === undefined) return;
  const claims = parsed(payload);
  return isObject(claims) ? claims : undefined;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return;
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A number that tells these options from others (FNV-1a); 0 of those that cannot be told. */
export function stampOf(options) {
  let hash = 0x811c9dc5;
  try {
    for (const char of JSON.stringify(options)) hash = Math.imul(hash ^ char.codePointAt(), 0x01000193);
  } catch {
    return 0;
  }
  return hash >>> 0 || 1;
}
