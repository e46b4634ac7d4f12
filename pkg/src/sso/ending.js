// An app may sign in at once whenever somebody is signed out. While a logout goes on, that would stop it, and find the session that it ends.

/** Milliseconds for which a page that leaves for a logout is taken nowhere else. */
const PATIENCE = 3_000;

export function endings() {
  let until = 0;
  let over, gone;
  return {
    /** A logout. `act(left)` may say that the page leaves for it. Nothing is awaited before: the app hears of the end within. */
    of(act) {
      let free;
      over = new Promise((done) => (free = done));
      const ended = act(() => {
        until = performance.now() + PATIENCE;
        free();
      });
      ended.then(free, free);
      gone = ended.catch(() => {}); // its caller is told
      return ended;
    },
    /** Waits for a logout. True: the page has left for it, and comes back or stays. */
    async hinders() {
      await over;
      if (performance.now() >= until) return false;
      await gone;
      return true;
    },
  };
}
