// A module of decisions of `src/sso`: texts go in and out.

import { AuthError } from "../error.js";

/** What asks the module that `unpacked` gives. */
export function deciding(unpacked) {
  let compiling;

  /**
   * Asks for the decision `name` on these forms: lists of names and values. Gives a list likewise.
   *
   * @throws {AuthError} Where the decision is a refusal. `answer` has the words of a provider that refuses.
   */
  return async (name, forms, answer) => {
    compiling ??= WebAssembly.compile(unpacked());
    // Each decision has an instance to itself: of what it knew nothing is left.
    const { exports } = await WebAssembly.instantiate(await compiling);
    const { memory, room, call } = exports;
    const texts = [name, ...forms.flatMap((form) => [...form.filter(([name]) => clean(name)).flat(), ""])].map((text) => `${clean(text)}\0`);
    const bytes = new TextEncoder().encode(texts.join(""));
    const start = room(bytes.length);
    new Uint8Array(memory.buffer).set(bytes, start);
    const from = call(start, bytes.length);
    const out = new TextDecoder().decode(new Uint8Array(memory.buffer).subarray(from)).split("\0");
    const answered = [];
    for (let at = 0; out[at]; at += 2) answered.push([out[at], out[at + 1]]);
    if (answered[0]?.[0] !== "fault") return answered;
    const { fault, words, by } = Object.fromEntries(answered);
    throw new AuthError(fault, words, by && wordsOf(answer));
  };
}

/** A zero ends a text there, and stands in none that means something. */
const clean = (text) => String(text).replaceAll("\0", "");

function wordsOf(answer) {
  const { error, error_description } = Object.fromEntries(answer);
  const word = (text) => text?.replace(/[\0-\x1f\x7f]/g, "").slice(0, 300) || null;
  return { serverCode: word(error), serverMessage: word(error_description) };
}

/** A JSON object as a form: of a list each item, and what is no text as its JSON. */
export const formOf = (object) =>
  Object.entries(object).flatMap(([name, value]) =>
    name ? [value].flat().filter((one) => one !== null && one !== undefined).map((one) => [name, typeof one === "string" ? one : JSON.stringify(one)]) : [],
  );
