// How the answer gets from the window or the frame in which the provider came back to the page that waits for it: by a channel that
// has the name of the `state`. It works where that window has lost sight of its opener (COOP), and nobody else knows the name.

import { AuthError } from "../error.js";

const channelOf = (state) => new BroadcastChannel(`hallpass/answer:${state}`);
/** Milliseconds within which a page that waits takes the answer. Where nobody does, it is taken up where it came. */
const PATIENCE = 2_000;

/** Whether a page that waits for the answer to this `state` has taken it. */
export function relayed(state, search) {
  const channel = channelOf(state);
  return new Promise((done) => {
    channel.onmessage = ({ data }) => data === "taken" && done(true);
    setTimeout(() => done(false), PATIENCE);
    channel.postMessage({ search });
  }).finally(() => channel.close());
}

/** The answer, as members of the query. Rejects with the reason of `signal`, and after `seconds`. */
export function heard(state, signal, seconds) {
  const channel = channelOf(state);
  let timer, stop;
  return new Promise((resolve, reject) => {
    channel.onmessage = ({ data }) => {
      if (typeof data?.search !== "string") return;
      channel.postMessage("taken");
      resolve([...new URLSearchParams(data.search)]);
    };
    stop = () => reject(signal.reason);
    signal?.addEventListener("abort", stop);
    const late = () => reject(new AuthError("timeout", `no answer of the provider in ${seconds} seconds`, { retryable: true }));
    timer = setTimeout(late, seconds * 1_000);
  }).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    channel.close();
  });
}
