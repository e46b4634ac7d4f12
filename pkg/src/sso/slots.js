// What is kept of a sign-in until its answer comes: one slot for each `state`, where each tab finds it.

import { AuthError } from "../error.js";
import { decide } from "./decide.js";

const PREFIX = "hallpass/slot:";

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
  inTurn(async () => {
    const slot = read(PREFIX + state);
    if (!slot || !slot.some(([name, value]) => name === "key" && value === key)) return slot ?? [];
    localStorage.setItem(PREFIX + state, JSON.stringify(await decide("used", [slot])));
    return slot;
  });

/** What the slot of this state says, which stays. */
export const peek = (state) => Object.fromEntries(read(PREFIX + state) ?? []);

/** Gives a sign-in up. */
export const drop = (state) => localStorage.removeItem(PREFIX + state);

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
const inTurn = (act) => (navigator.locks ? navigator.locks.request("hallpass/slots", act) : act());
