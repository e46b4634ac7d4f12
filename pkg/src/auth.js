import { AuthError, makeError } from "./error.js";

/** Makes a client out of the exports of the WebAssembly. */
export async function create(wasm, options) {
  const listeners = new Set();
  const intern = interning();
  const handle = await wasm.create(options, makeError, (change) => {
    const seen = Object.freeze({ ...change, user: intern(change.user) });
    // A listener may add and remove others: those of this moment are called.
    for (const listener of [...listeners]) {
      try {
        listener(seen);
      } catch (error) {
        reportError(error);
      }
    }
  });

  let version;
  let snapshot;
  const getSnapshot = () => {
    const current = handle.version();
    if (current !== version) {
      const fresh = handle.snapshot();
      snapshot = Object.freeze({ ...fresh, user: intern(fresh.user) });
      version = current;
    }
    return snapshot;
  };

  let generation;
  let claims = null;
  const currentClaims = () => {
    const current = getSnapshot().status === "signed-in" ? handle.generation() : null;
    if (current !== generation) {
      claims = current === null ? null : deepFreeze(handle.claims());
      generation = current;
    }
    return claims;
  };

  const dispose = () => {
    listeners.clear();
    handle.dispose();
  };

  return Object.freeze({
    get status() {
      return getSnapshot().status;
    },
    get user() {
      return getSnapshot().user;
    },
    get claims() {
      return currentClaims();
    },
    login: async (credentials, { signal } = {}) => {
      const json = JSON.stringify(credentials);
      if (json === undefined) {
        throw new AuthError("config_invalid", "credentials: must be a value that JSON can hold", {
          option: "credentials",
        });
      }
      return intern(await handle.login(json, signal));
    },
    logout: () => handle.logout(),
    authFetch: (input, init) => handle.fetch(input, init),
    refresh: async () => intern(await handle.refresh()),
    accessToken: () => handle.accessToken(),
    subscribe: (listener) => {
      // Wrapped, so that a listener that is added twice is called twice and removed once.
      const own = (change) => listener(change);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    getSnapshot,
    journal: () => handle.journal(),
    dispose,
    // Where the platform has no such symbol, it cannot ask for it either.
    ...(Symbol.dispose && { [Symbol.dispose]: dispose }),
  });
}

/** Gives back the object it gave last, as long as what is in it is the same. */
function interning() {
  let last = null;
  let lastJson = "null";
  return (value) => {
    const json = JSON.stringify(value);
    if (json !== lastJson) {
      last = deepFreeze(value);
      lastJson = json;
    }
    return last;
  };
}

function deepFreeze(value) {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

/** As if nobody had caught it. */
function reportError(error) {
  if (typeof globalThis.reportError === "function") globalThis.reportError(error);
  else queueMicrotask(() => { throw error; });
}
