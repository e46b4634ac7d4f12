/** Milliseconds after which tabs see what another has written. */
const SETTLES = 100;
/** Milliseconds for which a tab has it that does not say so again: one that crashed holds up the others no longer. */
const LASTS = 5_000;
/** Milliseconds after which its owner moves the end on. In a page that is not seen a timer comes up to a second late. */
const MOVES = 1_500;
/** Milliseconds by which the clocks of two tabs may differ. */
const DRIFT = 1_000;

/**
 * Where there are no Web Locks: an entry in `localStorage` with its owner and its end, which a living owner moves on, `longestHold` at
 * most. Of two tabs that write at once the last one has it, which both see a little later. Calls `granted`; and `lost` when the page
 * is left, or when another tab has taken over: what is out then must not come back late. Returns what lets go of it.
 */
export function lease(name, longestHold, granted, lost) {
  const key = `${name}:lock`;
  const mine = `${Math.random()} `;
  let timer;
  let isHeld = false;
  const read = () => localStorage.getItem(key) ?? "";
  const isMine = () => read().startsWith(mine);
  const write = () => localStorage.setItem(key, mine + (Date.now() + LASTS));
  const unlock = () => {
    clearTimeout(timer);
    globalThis.removeEventListener?.("pagehide", leave);
    try {
      // Also where it was only claimed so far.
      if (isMine()) localStorage.removeItem(key);
    } catch {
      // blocked
    }
  };
  const leave = () => {
    unlock();
    if (isHeld) lost();
  };
  const look = (wrote) => {
    try {
      const has = isMine();
      if (has && wrote) {
        hold(longestHold);
        return granted();
      }
      const left = read().split(" ")[1] - Date.now();
      // No owner writes an end that is further away.
      const isFree = has || !(left > 0 && left < LASTS + DRIFT);
      if (isFree) write();
      timer = setTimeout(() => look(isFree), SETTLES);
    } catch {
      granted(); // blocked: there is nothing to share with other tabs
    }
  };
  const hold = (left) => {
    isHeld = true;
    write();
    if (left > MOVES) timer = setTimeout(() => move(left - MOVES), MOVES);
  };
  const move = (left) => {
    try {
      // Another tab has it where this one was asleep or slow for too long.
      if (isMine()) hold(left);
      else leave();
    } catch {
      // blocked meanwhile
    }
  };
  globalThis.addEventListener?.("pagehide", leave);
  look(false);
  return unlock;
}
