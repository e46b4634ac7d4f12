// Calls to an API: where they go, and what is kept of them while they wait for a token.

import { isText } from "../options.js";
import { TRANSPORT } from "./transport.js";

/** Where these arguments of `fetch` lead; nothing, if `fetch` is to say so itself. */
export function targetOf(args, base) {
  if (!args.length) return undefined;
  const [given, init] = args;
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
  const transport = init?.[TRANSPORT];
  const request = new Request(input, init);
  return [[request, ...(transport ? [{ [TRANSPORT]: transport }] : [])], init?.signal ?? request.signal];
}
