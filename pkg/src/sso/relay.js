// How the answer gets from the window or the frame in which the provider came back to the page that waits for it: by a channel that
// has the name of the `state`. It works where that window has lost sight of its opener (COOP), and nobody else knows the name.

import { unlessAborted } from "../wait.js";

const channelOf = (state) => new BroadcastChannel(`hallpass/answer:${state}`);
/** Milliseconds within which a page that waits takes the answer. Where nobody does, it is taken up where it came. */
const PATIENCE = 2_000;

/** Whether a page that waits for the answer to this `state` has taken it. */
export function relayed(state, answer) {
  const channel = channelOf(state);
  return new Promise((done) => {
    channel.onmessage = ({ data }) => data === "taken" && done(true);
    setTimeout(() => done(false), PATIENCE);
    channel.postMessage(answer);
  }).finally(() => channel.close());
}

/** The answer: its query, and the address it came to. Rejects with the reason of `signal`, which has an end. */
export function heard(state, signal) {
  const channel = channelOf(state);
  const answer = new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      if (typeof data?.search !== "string") return;
      channel.postMessage("taken");
      resolve(data);
    };
  });
  return unlessAborted(signal, answer).finally(() => channel.close());
}
