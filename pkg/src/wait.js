// What is waited for, and no longer than somebody wants.

/** What comes of `promise`, or the reason of `signal` if that comes first. */
export function unlessAborted(signal, promise) {
  if (!signal) return promise;
  let stop;
  const given = new Promise((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
  return Promise.race([promise, given]).finally(() => signal.removeEventListener("abort", stop));
}

/** What comes of `promise`; after so many milliseconds what `late()` gives is thrown. */
export function inTime(promise, milliseconds, late) {
  let timer;
  const over = new Promise((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
    // In Node a timer would keep the process alive.
    timer.unref?.();
  });
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}
