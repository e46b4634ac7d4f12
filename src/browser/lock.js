// The lock between tabs.

import { LOCK_GRANTED } from "./kinds.js";

export function lockOf(shell) {
  let unlocking;

  return {
    lock() {
      const granted = (waited) => shell.deliver(LOCK_GRANTED, waited ? 1 : 0);
      const locks = globalThis.navigator?.locks;
      // Without either, there are no other tabs that could keep to it.
      if (!locks) return void (unlocking = shell.lease?.(shell.name, shell.longestHold, granted, shell.cancelLate) ?? granted());
      const controller = new AbortController();
      let release;
      const held = new Promise((resolve) => (release = resolve));
      const unlock = () => {
        release();
        controller.abort();
      };
      unlocking = unlock;
      const ask = (options, waited) =>
        locks
          .request(shell.name, options, (lock) => {
            if (unlocking !== unlock) return;
            if (!lock) return void ask({ signal: controller.signal }, true);
            granted(waited);
            return held;
          })
          .catch(() => {
            // Given up by ourselves, or refused by the browser: an opaque origin, a page going away.
            if (unlocking === unlock) granted();
          });
      ask({ ifAvailable: true });
    },

    unlock() {
      const unlock = unlocking;
      unlocking = undefined;
      unlock?.();
    },
  };
}
