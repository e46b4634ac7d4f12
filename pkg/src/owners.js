// Two copies of the package in one page would be two engines on one store. Which of them has a key is written where all copies look:
// not at `globalThis`, which to the code of a document that was left is the window of the next one.

const OWNERS = Symbol.for("hallpass");

/** How many live clients of this copy each key has. */
const own = { __proto__: null };

/** By key, such a table of the copy that has it. */
const owners = () => (WebAssembly[OWNERS] ??= { __proto__: null });

/** Whether another copy has a live client of this key. */
export function isTaken(key) {
  const owner = owners()[key];
  return owner !== undefined && owner !== own && owner[key] > 0;
}

export function take(key) {
  owners()[key] = own;
  own[key] = (own[key] ?? 0) + 1;
}

export function giveBack(key) {
  own[key] -= 1;
}
