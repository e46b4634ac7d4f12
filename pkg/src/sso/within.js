import { AuthError } from "../error.js";

/** Milliseconds: what is longer a timer takes for nothing. */
const LONGEST = 2 ** 31 - 1;

/** What comes of `act(signal)`. The signal is aborted with the given one, or as `timeout` after so many seconds; who waits for it is not kept longer. */
export async function within(seconds, given, act) {
  const controller = new AbortController();
  const { signal } = controller;
  const stop = () => controller.abort(given.reason);
  const late = () => controller.abort(new AuthError("timeout", `the sign-in was not done in ${seconds} seconds`, { retryable: true }));
  const timer = setTimeout(late, Math.min(seconds * 1_000, LONGEST));
  given?.addEventListener("abort", stop);
  if (given?.aborted) stop();
  try {
    return await act(signal);
  } finally {
    clearTimeout(timer);
    given?.removeEventListener("abort", stop);
  }
}
