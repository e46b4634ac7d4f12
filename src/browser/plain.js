// What of a call can be told without a parser and without a `Request`: where it goes, and what it is sent with.

/** The origin of a URL or the slash of a path, where the rest holds nothing that a URL parser takes out: tabs, newlines, spaces. */
const PLAIN = /^((?:https?:\/\/[^/]+)?\/)(?![/\\])[!-~]*$/;

/** By it `init` names what sends the call in place of `fetch`: it gets a `Request`, and answers what is read of a `Response` here. */
export const TRANSPORT = Symbol.for("hallpass.transport");

/** The origin of a URL with a slash behind it, or the slash alone of a path; nothing of what only a parser can tell. */
export const rootIn = (text) => PLAIN.exec(text)?.[1];

/**
 * A copy of `init` with headers of its own to add to; nothing, if a body that is not text may be changed or used up before it has to be
 * sent again, or headers of another kind.
 */
export function plainInit(init) {
  if (init && !(isPlain(init) && isText(init.body ?? "") && !init[TRANSPORT])) return;
  const sent = { ...init };
  if (sent.headers === undefined) return sent;
  if (!(isPlain(sent.headers) || Array.isArray(sent.headers) || sent.headers instanceof Headers)) return;
  try {
    sent.headers = asGiven(new Headers(sent.headers), sent.headers);
  } catch {
    return; // `fetch` fails in its own words
  }
  return sent;
}

/** A table where the app gave one, or nothing: what stands in the place of `fetch` may look for that only. */
export const asGiven = (list, given) => (isPlain(given ?? {}) ? Object.fromEntries(list) : list);

/** Adds the credential. False: the caller has one of their own. */
export function carries(sent, header, credential) {
  const list = new Headers(sent.headers);
  if (list.has(header)) return false;
  list.set(header, credential);
  sent.headers = asGiven(list, sent.headers);
  return true;
}

export const isText = (value) => typeof value === "string";

/** A table: its members can be copied without anything being lost. */
export function isPlain(value) {
  if (typeof value !== "object" || value === null) return false;
  const proto = Object.getPrototypeOf(value);
  return proto === null || proto === Object.prototype;
}
