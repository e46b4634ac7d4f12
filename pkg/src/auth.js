import { AuthError, makeError } from "./error.js";
import { listed } from "./options.js";

/** Makes a client on a handle that `open` gives. */
export async function create(open, options) {
  const handle = open(listed(options), makeError, options.isSignedOut, options.storage);
  const { shell } = handle;
  const intern = interning();

  let version;
  let snapshot;
  const getSnapshot = () => {
    const current = handle.version;
    if (current !== version) {
      const fresh = handle.snapshot;
      snapshot = Object.freeze({ ...fresh, user: intern(fresh.user) });
      version = current;
    }
    return snapshot;
  };

  const internClaims = interning();
  const call = (kind, payload, signal) => {
    if (disposed) return Promise.reject(new AuthError("disposed", "the client has been disposed of; create a new one"));
    return shell.call(kind, payload, signal);
  };

  const stops = new Set();
  let disposed = false;
  const dispose = () => {
    disposed = true;
    for (const stop of stops) stop();
    stops.clear();
    handle.dispose();
  };

  try {
    await call("ready");
  } catch (error) {
    dispose();
    throw error;
  }

  return Object.freeze({
    get status() {
      return getSnapshot().status;
    },
    get user() {
      return getSnapshot().user;
    },
    get claims() {
      return internClaims(handle.claims);
    },
    login: async (credentials, { signal } = {}) => {
      const body = JSON.stringify(credentials);
      if (body === undefined) {
        const members = { option: "credentials" };
        throw new AuthError("config_invalid", "option credentials: must be a value that JSON can hold", members);
      }
      return intern(await call("login", body, signal));
    },
    logout: () => call("logout"),
    // Without an argument it fails as `fetch` fails.
    authFetch: (...args) => (disposed ? call() : args.length ? shell.authFetch(...args) : fetch()),
    refresh: async () => intern(await call("refresh")),
    accessToken: () => call("token"),
    subscribe: (listener) => {
      const stop = shell.subscribe((change) => listener(Object.freeze({ ...change, user: intern(change.user) })));
      stops.add(stop);
      return () => {
        stops.delete(stop);
        stop();
      };
    },
    getSnapshot,
    journal: () => handle.journal,
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
