// What really went over the network, as the browser itself counts it.

const KINDS = [
  [/\/auth\/\w+\/refresh$/, "refresh"],
  [/\/api\//, "api"],
  [/\/open\//, "api"],
];

/** Calls back with `{ at, kind, status }` for each request of interest; `at` is ms since 1970. */
export function watchTraffic(listener) {
  const deliver = (entries) => {
    for (const entry of entries) {
      const path = new URL(entry.name).pathname;
      const kind = KINDS.find(([pattern]) => pattern.test(path))?.[1];
      if (kind) listener({ at: performance.timeOrigin + entry.startTime, kind, status: entry.responseStatus ?? 0 });
    }
  };
  new PerformanceObserver((list) => deliver(list.getEntries())).observe({ type: "resource", buffered: true });
}
