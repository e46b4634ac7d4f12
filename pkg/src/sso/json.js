/** The value of a JSON text; `undefined` for what is none. */
export function jsonIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
