// What is read of an answer besides its status.

import { originOf } from "./urls.js";

export const isHtml = (response) => /^\s*text\/html/i.test(response.headers.get("Content-Type"));

/** Whether the answer came from another origin than was asked, after a redirect. */
export const isForeign = (answer, url) => answer.redirected && originOf(answer.url) !== originOf(url);

/** Frees the connection of an answer that nobody will read. */
export function cancel(response) {
  response?.body?.cancel().catch(() => {});
}

export function date(text) {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** What a challenge names: acr values and maximal age (RFC 9470 §3), names of any case, values quoted or not (RFC 9110 §11.2). */
export function wishes(challenge) {
  const [, acr = ""] = /\bacr_values=("[^"]*|[^ ,]*)/i.exec(challenge) ?? [];
  const [, age = null] = /\bmax_age="?(\d+)/i.exec(challenge) ?? [];
  return [acr.split(/[" ]/).filter(Boolean), age && +age];
}
