// Calls to an API: where they go, and what is kept of them while they wait for a token.

import { TRANSPORT, isPlain, isText } from "../../dist/common.js";
import { unlessAborted } from "../wait.js";

const never = new AbortController().signal;

/** Where these arguments of `fetch` lead; nothing, if `fetch` is to say so itself. */
export function targetOf([given, init], base) {
  try {
    const isRequest = !isText(given) && !(given instanceof URL) && isText(given?.url);
    const url = new URL(isRequest ? given.url : given, base());
    const input = isRequest ? given : url.href;
    return { origin: url.origin, input, copy: () => copyOf(input, init) };
  } catch {
    return undefined;
  }
}

/** The arguments as they are now: the caller may change them meanwhile. And the signal that ends the call. */
function copyOf(input, init) {
  const { [TRANSPORT]: transport, ...own } = init ?? {};
  const request = new Request(input, isPlain(init ?? {}) ? own : init);
  return [[request, ...(transport ? [{ [TRANSPORT]: transport }] : [])], init?.signal ?? request.signal];
}

/** What comes of `promise`, unless the caller gives up. */
export const waiting = (signal, promise) => unlessAborted(signal ?? never, promise);
