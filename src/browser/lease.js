/** Milliseconds after which tabs see what another has written. */
const SETTLES = 100;

/**
 * Where there are no Web Locks: an entry in `localStorage` with its owner and its end. Of two tabs that write at once the
 * last one has it, which both see a little later. A tab that crashed holds it until its end. Calls `granted`, and returns what lets
 * go of it.
 */
export function lease(name, longestHold, granted) {
  const key = `${name}:lock`;
  const mine = `${Math.random()} `;
  let timer;
  const read = () => localStorage.getItem(key) ?? "";
  const unlock = () => {
    clearTimeout(timer);
    globalThis.removeEventListener?.("pagehide", unlock);
    try {
      // Also where it was only claimed so far.
      if (read().startsWith(mine)) localStorage.removeItem(key);
    } catch {
      // blocked
    }
  };
  const look = (wrote) => {
    try {
      const held = read();
      const isMine = held.startsWith(mine);
      if (isMine && wrote) return granted();
      const isFree = isMine || !(held.split(" ")[1] > Date.now());
      if (isFree) localStorage.setItem(key, mine + (Date.now() + longestHold));
      timer = setTimeout(() => look(isFree), SETTLES);
    } catch {
      granted(); // blocked: there is nothing to share with other tabs
    }
  };
  globalThis.addEventListener?.("pagehide", unlock);
  look(false);
  return unlock;
}
