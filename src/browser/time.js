// Timers.

import { TICK } from "./kinds.js";

/** `setTimeout` takes 2³¹ − 1 ms at most. An early wake-up asks for the rest. */
const LONGEST_TIMEOUT = 3_600_000;

/** Milliseconds after which tabs see what another has written. */
export const SETTLES = 100;
/** Milliseconds that an answer is looked at: by the app's rule, or for its words. */
export const LONGEST_LOOK = 1_000;

/** Where zone.js is, not in the zone of whoever calls: an Angular app waits for the timers of its zone before it calls itself stable. */
function setTimer(act, milliseconds) {
  const set = () => setTimeout(act, milliseconds);
  return globalThis.Zone?.root ? Zone.root.run(set) : set();
}

export const pause = (milliseconds) => new Promise((done) => setTimer(done, milliseconds));

/** The engine's one timer. */
export function timerOf(shell) {
  let timer;

  return {
    arm(milliseconds) {
      clearTimeout(timer);
      timer = undefined;
      if (milliseconds === undefined) return;
      timer = setTimer(() => shell.deliver(TICK, 0), Math.min(milliseconds, LONGEST_TIMEOUT));
      // In Node a timer would keep the process alive.
      timer.unref?.();
    },
  };
}
