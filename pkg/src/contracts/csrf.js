// Decides whether an answer refuses the CSRF token by its words, and asks for the cookie that holds it where there is none.

import { isText } from "../options.js";

/** Words that speak of a CSRF token. */
const OF_CSRF = /[cx]srf|forgery|authenticity/i;
/** What is no word to a reader: scripts, elements, names of members. */
const MARKUP = /<(script|style)[^]*?<\/\1|<[^<>]*>|"[^"]*"\s*:/gi;
/** So much of an answer is read for its words, if it is of such a type, and no stream. */
const LONGEST_WORDS = 65_536;
const WORDS = /^(text\/(?!event)|application\/([^;]*\+)?json\b)/i;
/** Milliseconds that they are waited for. */
const LONGEST_PEEK = 1_000;

/** The header as the engine names it: `[name, value]`, or `[name, undefined, kind, source]` for the page's token. */
export function csrfHeader({ cookie, meta, value, responseHeader, header }) {
  if (cookie) return [header ?? "X-XSRF-TOKEN", undefined, "cookie", cookie];
  const name = header ?? "X-CSRF-Token";
  if (value) return [name, value];
  return responseHeader ? [name, undefined, "header", responseHeader] : [name, undefined, "meta", meta];
}

/** `refused`: what the app names. `mayRefuse`: the status is one that refuses the token, if the words speak of it. */
export async function refusesToken(refused, mayRefuse, response, text) {
  const named = refused.filter(isText);
  if (refused.includes(response.status)) return true;
  if (!named.length && !mayRefuse) return false;
  const words = (text ?? (await peek(response))).slice(0, LONGEST_WORDS);
  const speaks = mayRefuse && OF_CSRF.test(words.replace(MARKUP, ""));
  return speaks || named.some((one) => words.includes(one));
}

/** The beginning of an answer's words, as far as they come in time. The answer itself stays as it is. */
async function peek(response) {
  let text = "";
  try {
    if (!WORDS.test(response.headers.get("Content-Type"))) return text;
    const reader = response.clone().body.getReader();
    const decoder = new TextDecoder();
    const late = pause(LONGEST_PEEK);
    let part;
    while (text.length < LONGEST_WORDS && (part = await Promise.race([reader.read(), late]))?.value) {
      text += decoder.decode(part.value, { stream: true });
    }
    reader.cancel().catch(() => {});
  } catch {
    // It has been read already, or is cut off.
  }
  return text;
}

export const pause = (milliseconds) =>
  new Promise((done) => {
    // In Node a timer would keep the process alive; in Angular one of its zone makes it wait.
    const set = () => void setTimeout(done, milliseconds).unref?.();
    if (globalThis.Zone?.root) Zone.root.run(set);
    else set();
  });
