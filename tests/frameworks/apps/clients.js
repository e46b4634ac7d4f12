// Clients that a test can look into.

/** The client, with the number of its listeners in `listeners`. */
export function counted(client) {
  const seen = {
    ...client,
    listeners: 0,
    subscribe(listener) {
      seen.listeners += 1;
      const stop = client.subscribe(listener);
      return () => {
        seen.listeners -= 1;
        stop();
      };
    },
  };
  return seen;
}

/** A client without an engine, moved by `set`. */
export function puppet(state) {
  const listeners = new Set();
  let snapshot = { status: "restoring", user: null, reason: null, expiresAt: null, issuedAt: null, storage: "ok", ...state };
  return {
    getSnapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Without a change it only tells, as a client does of an event that leaves the state as it is. */
    set(change) {
      if (change) snapshot = { ...snapshot, ...change };
      for (const listener of listeners) listener(snapshot);
    },
  };
}
