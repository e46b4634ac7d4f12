// How much runs: by default every promise once; with HALLPASS_TIER=all each of its variants, too.

const tier = process.env.HALLPASS_TIER || "short";
if (!["short", "all"].includes(tier)) throw new Error(`HALLPASS_TIER is "short" or "all", not "${tier}"`);

export const isAll = tier === "all";

/**
 * Gives `rows`, or calls it where it is a function, in the tier `all`; by default there are no such rows.
 * `proof` says what shows by default that the same holds.
 * @param {string} proof
 */
export function onlyInAll(proof, rows) {
  if (!proof) throw new Error("what is not run by default has to say what proves the same");
  if (isAll) return typeof rows === "function" ? rows() : rows;
  return Array.isArray(rows) ? [] : {};
}
