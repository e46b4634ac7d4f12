// What is kept of a sign-in until its answer comes: one slot for each `state`, where each tab finds it.

import { AuthError } from "../error.js";
import { decide } from "./decide.js";

const PREFIX = "hallpass/slot:";
/** Milliseconds that another tab may hold the slots. */
const PATIENCE = 2_000;
/** What is kept of a slot that was taken: `used` of `src/sso`. */
const OF_A_USED = ["key", "made", "return_to", "kind", "step_up"];

/**
 * Keeps a slot.
 *
 * @throws {AuthError} `unsupported`, where nothing can be kept: without it the answer would be worth nothing.
 */
export async function keep(state, slot) {
  try {
    await sweep();
    localStorage.setItem(PREFIX + state, JSON.stringify(slot));
  } catch (cause) {
    throw new AuthError("unsupported", "a sign-in needs localStorage, which is blocked or full", { cause });
  }
}

/** The slot of this state, which is another's from now on: what is in it counts once. Of another client: nothing. */
export const take = (state, key) =>
  inTurn(() => {
    const slot = read(PREFIX + state);
    if (!slot || !slot.some(([name, value]) => name === "key" && value === key)) return slot ?? [];
    // At once: where there are no locks, nobody comes between.
    const used = JSON.stringify([...slot.filter(([name]) => OF_A_USED.includes(name)), ["used", "true"]]);
    if (!tried(() => (localStorage.setItem(PREFIX + state, used), true))) drop(state);
    return slot;
  });

/** What the slot of this state says, which stays. */
export const peek = (state) => Object.fromEntries(read(PREFIX + state) ?? []);

/** Gives a sign-in up. */
export const drop = (state) => tried(() => localStorage.removeItem(PREFIX + state));

/** Removes the slots whose time is over. */
async function sweep() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  const gone = await decide("ended", [[["now", Date.now()]], ...names.map((name) => read(name) ?? [])]);
  names.filter((_, place) => gone[place][1] === "true").forEach((name) => localStorage.removeItem(name));
}

function read(name) {
  try {
    const slot = JSON.parse(localStorage.getItem(name));
    return Array.isArray(slot) && slot.every((member) => Array.isArray(member) && member.length === 2) ? slot : undefined;
  } catch {
    return undefined;
  }
}

/** One tab after the other: of two that have the same answer one takes it. */
async function inTurn(act) {
  try {
    return await navigator.locks.request("hallpass/slots", { signal: AbortSignal.timeout(PATIENCE) }, act);
  } catch {
    // There are none, storage is blocked for them, or somebody sleeps on one.
    return act();
  }
}

function tried(act) {
  try {
    return act();
  } catch {
    return undefined; // blocked or full
  }
}
