// What a call sends: what the app gave, with no more changed than has to be. Whatever stands in the place of `fetch` gets `(url, init)`
// where the app gave that, and a `Request` where it gave one.

import { EMPTY, ONCE, REPEATABLE } from "./kinds.js";
import { pageFetch, through } from "./network.js";
import { TRANSPORT, asGiven, isPlain, isText } from "./plain.js";
import { ownOrigin, parse } from "./urls.js";

/** Of a realm other than this one too, as a frame's. */
export function isRequest(input) {
  if (typeof input !== "object" || input === null) return false;
  try {
    return input instanceof Request || isText(Reflect.get(Request.prototype, "url", input));
  } catch {
    return false; // it has not what a Request has
  }
}

/**
 * What is to be sent: `request`, of whose parts it consists, without its body if there is an `init` beside it; that is what the app gave, as it was
 * at this moment. Throws where `fetch` fails.
 */
export function callOf(text, url, given, init) {
  const { [TRANSPORT]: transport, ...own } = init ?? {};
  // Others have members that are not their own.
  if (given || transport || !isPlain(init ?? {})) {
    const request = new Request(given ?? url, init);
    return { request, transport, body: bodyKind(request.method, given, init?.body) };
  }
  const { body, ...rest } = own;
  const request = new Request(url, rest);
  const kind = bodyKind(request.method, undefined, body);
  // It is between `fetch` and the caller.
  if (kind && /^(GET|HEAD)$/.test(request.method)) throw new TypeError();
  if (own.headers !== undefined) own.headers = asGiven(new Headers(own.headers), own.headers);
  if (kind) own.body = kept(body);
  return { request, text, init: own, body: kind, transport };
}

/** Sends it, with these headers and members changed. `calls`: what the app sends all calls by. `base`: what the page resolves URLs against. */
export function sendCall({ request, text, init, transport }, headers, changes, calls, base) {
  const send = transport ?? calls ?? pageFetch();
  if (init && !calls) {
    const sent = { ...init, ...changes };
    if (headers) sent.headers = asGiven(headers, init.headers);
    const url = parse(text, base)?.href === request.url ? text : request.url;
    return through(send, [url, sent], sent);
  }
  if (init) request = new Request(request.url, init);
  if (Object.keys(changes).length) {
    // A new request forgets its referrer unless told, in Firefox keepalive too.
    const { referrer, referrerPolicy, keepalive } = request;
    request = new Request(request, { ...changes, referrer, referrerPolicy, keepalive });
  }
  headers?.forEach((value, name) => request.headers.set(name, value));
  return through(send, [request], request);
}

/** Other `credentials`, `redirect` and `cache`, where the caller has not chosen them and it makes a difference. */
export function changesTo(request, include, refuseRedirects, isReplay) {
  const changes = {};
  if (include && request.credentials === "same-origin" && new URL(request.url).origin !== ownOrigin()) changes.credentials = "include";
  if (refuseRedirects && request.redirect === "follow") changes.redirect = "error";
  // The answer that was refused may be in the cache.
  if (isReplay && request.cache === "default") changes.cache = "reload";
  return changes;
}

/**
 * Whether a body can be sent again. A `Request` is asked by its method: not every browser shows its body. A stream cannot, of whichever
 * realm, nor what Node and Deno read piece by piece.
 */
function bodyKind(method, given, body) {
  if (body == null) return given && method !== "GET" && method !== "HEAD" ? REPEATABLE : EMPTY;
  return body.getReader || body[Symbol.asyncIterator] ? ONCE : REPEATABLE;
}

/** The body as it is at this moment: it may be sent later, and the app may change it meanwhile. */
function kept(body) {
  const name = Object.prototype.toString.call(body).slice(8, -1);
  try {
    if (name === "FormData") {
      const copy = new FormData();
      for (const [key, value] of body) copy.append(key, value);
      return copy;
    }
    if (name === "URLSearchParams") return new URLSearchParams(body);
    if (name === "ArrayBuffer") return body.slice(0);
    if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  } catch {
    // One of an environment's own.
  }
  return body;
}
