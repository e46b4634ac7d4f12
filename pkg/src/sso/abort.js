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
