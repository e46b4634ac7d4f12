// Decides, for each answer, whether it may hide a refusal. What follows from that the engine decides.

import { isHtml } from "./answers.js";

/**
 * Whether a refusal may look like something else. One without CORS headers, or a login page at another origin, looks like no network;
 * by cookie, a login page at the own origin is a page that nobody has asked for.
 */
export function mayHideRefusal({ answer, error }, byCookie, headers) {
  if (error) return error instanceof TypeError && globalThis.navigator?.onLine !== false;
  return byCookie && answer.redirected && isHtml(answer) && !new Headers(headers).get("Accept")?.includes("html");
}
