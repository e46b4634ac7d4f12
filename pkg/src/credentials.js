// What the app gives to be sent: as JSON, and forms as what they are.

import { configError } from "./error.js";

/**
 * The credentials of a login as JSON, and the form if they are one; `as` and `params` say how the endpoint wants them.
 *
 * @throws {AuthError} `config_invalid`, where they cannot be sent so.
 */
export function credentialsOf(given, { as, params }) {
  if (as === "none" && given === undefined) return [""];
  if (given instanceof URLSearchParams || given instanceof FormData) return [JSON.stringify(textFields(given)), given];
  if (as === "multipart") throw configError("credentials", "must be FormData");
  const needsFields = as === "form" || params;
  if (needsFields && Object(given) !== given) throw configError("credentials", "must be an object, whose members are the fields");
  return [jsonOf("credentials", given)];
}

/** What the engine looks at. Files stay in the form. */
export const textFields = (form) => Object.fromEntries([...form].filter(([, value]) => typeof value === "string"));

/**
 * The value as JSON text.
 *
 * @throws {AuthError} `config_invalid`, naming the option: JSON would lose something of it without a word.
 */
export function jsonOf(option, value) {
  let text;
  try {
    text = JSON.stringify(value, complete);
  } catch {
    // A cycle, a BigInt, what is not complete, or the app's own `toJSON` threw.
  }
  if (text === undefined) throw configError(option, "must be a value that JSON can hold");
  return text;
}

/** A `Map`, a `File`, a promise and the like would be `{}`, and a function would be left out. */
function complete(_, value) {
  const isBare = Object(value) === value && !Object.keys(value).length;
  if (isBare && !/ (Object|Array)]$/.test({}.toString.call(value))) throw value;
  return value;
}
