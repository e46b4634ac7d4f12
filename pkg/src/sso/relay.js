// How the answer gets from the window or the frame in which the provider came back to the page that waits for it: by a channel that
// has the name of the `state`. It works where that window has lost sight of its opener (COOP), and nobody else knows the name.

import { AuthError } from "../error.js";

const channelOf = (state) => new BroadcastChannel(`hallpass/answer:${state}`);
/** Milliseconds within which a page that waits takes the answer. Where nobody does, it is taken up where it came. */
const PATIENCE = 2_000;
/** Milliseconds: what is longer a timer takes for nothing. */
const LONGEST = 2 ** 31 - 1;

/** Whether a page that waits for the answer to this `state` has taken it. */
export function relayed(state, answer) {
  const channel = channelOf(state);
  return new Promise((done) => {
    channel.onmessage = ({ data }) => data === "taken" && done(true);
    setTimeout(() => done(false), PATIENCE);
    channel.postMessage(answer);
  }).finally(() => channel.close());
}

/** The answer: its query, and the address it came to. Rejects with the reason of `signal`, and after `seconds`. */
export function heard(state, signal, seconds) {
  const channel = channelOf(state);
  let timer, stop;
  return new Promise((resolve, reject) => {
    channel.onmessage = ({ data }) => {
      if (typeof data?.search !== "string") return;
      channel.postMessage("taken");
      resolve(data);
    };
    stop = () => reject(signal.reason);
    signal?.addEventListener("abort", stop);
    const late = () => reject(new AuthError("timeout", `no answer of the provider in ${seconds} seconds`, { retryable: true }));
    timer = setTimeout(late, Math.min(seconds * 1_000, LONGEST));
  }).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    channel.close();
  });
}
