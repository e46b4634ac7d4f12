// In session mode the question who is signed in needs no engine: it goes out at once, and the engine takes the answer for its own.

import { pageFetch, through } from "../dist/common.js";
import { needsTranslator } from "./options.js";
import { textUnder } from "./stored.js";

/** So long an answer is taken for one to the question that the engine asks first, in milliseconds. */
const FRESH_MS = 10_000;

/** The keys that were asked for: more clients of one share an engine, which asks once. */
const known = new Set();

/** The answer to `me` that is on its way; nothing, if the engine may ask something else first. */
export function askedEarly(options) {
  const { mode, key = "default", storage = "local", endpoints = {}, baseUrl } = options;
  if (mode !== "session" || endpoints.refresh || options.refuseRedirects || needsTranslator(options)) return;
  // The note of a logout, perhaps, which the engine has to know before it asks.
  if (storage !== "memory" && textUnder(key, storage) !== null) return;
  const { me = "/auth/me" } = endpoints;
  const base = baseUrl ?? globalThis.location?.href;
  if (!URL.canParse?.(me, base)) return;
  const { href, origin } = new URL(me, base);
  // Whether another origin is listed the engine knows.
  if (origin !== new URL(base).origin) return;
  if (known.has(key)) return;
  known.add(key);
  const controller = new AbortController();
  const { signal } = controller;
  const init = { headers: { Accept: "application/json" }, credentials: "include", cache: "no-store", signal };
  let answer;
  try {
    answer = through(pageFetch(), [href, init], init, signal);
  } catch {
    return; // it leads to a client that is still being made, which asks by itself
  }
  answer.catch(() => {}); // who takes it is told
  const until = performance.now() + FRESH_MS;
  let isTaken = false;
  return {
    /** For the first request of the engine, if it is the same. */
    take(url, { method, redirect, signal }) {
      const isSame = !isTaken && url === href && method === "GET" && redirect === "follow" && performance.now() < until;
      isTaken = true;
      if (!isSame) controller.abort();
      else signal.addEventListener("abort", () => controller.abort());
      return isSame ? answer : undefined;
    },
  };
}
