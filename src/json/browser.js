/** As deep as `serde_json` reads: far from what overflows a stack when it is written or frozen. */
const DEEPEST = 127;

/** `JSON.parse`, but `undefined` for what is no JSON, nests too deep, or has a number that a double cannot hold. */
export function parse(text) {
  try {
    const value = JSON.parse(text);
    return fits(value, DEEPEST) ? value : undefined;
  } catch {
    return undefined;
  }
}

function fits(value, depth) {
  if (typeof value !== "object" || value === null) return typeof value !== "number" || Number.isFinite(value);
  return depth > 0 && Object.values(value).every((item) => fits(item, depth - 1));
}

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

export const member = (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined);

export const item = (value, index) => (Array.isArray(value) ? value[index] : undefined);

/** Names and values in turn, of an object or an array. */
export const listOf = (value) => (typeof value === "object" && value ? Object.entries(value).flat() : []);

/** The number, also of a text; or the seconds since 1970 of a date that tells its zone. */
export function seconds(value) {
  if (typeof value !== "string") return value;
  // As `Date.parse` has it in every engine.
  const text = value.replace(/^(\S{10}) /, "$1T");
  return +text || Date.parse(/T.+[+-]\d\d:\d\d$|[ZT]$/.test(text) ? text : "") / 1000;
}
