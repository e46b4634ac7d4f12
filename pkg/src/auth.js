import { AuthError, makeError } from "./error.js";
import { listed } from "./options.js";

/** Makes a client on a shell that `open` gives. */
export async function create(open, options) {
  const shell = open(listed(options), makeError, options.isSignedOut, options.storage);
  if (shell instanceof AuthError) throw shell;
  const intern = interning();
  const named = ([status, user, reason, expiresAt, issuedAt, storage]) => {
    return { status, user: intern(user), reason, expiresAt, issuedAt, storage };
  };

  let version = -1;
  let snapshot;
  const getSnapshot = () => {
    const fresh = shell.snapshot(version);
    if (fresh) {
      version = fresh.shift();
      snapshot = Object.freeze(named(fresh));
    }
    return snapshot;
  };

  const internClaims = interning();
  const alive = () => {
    if (disposed) throw new AuthError("disposed", "the client has been disposed of; create a new one");
    return shell;
  };

  const stops = new Set();
  let disposed = false;
  const dispose = () => {
    if (disposed) return;
    disposed = true;
    for (const stop of stops) stop();
    stops.clear();
    shell.release();
  };

  try {
    await alive().ready();
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
      return internClaims(shell.claims());
    },
    login: async (credentials, { signal } = {}) => {
      const body = JSON.stringify(credentials);
      if (body === undefined) {
        const members = { option: "credentials" };
        throw new AuthError("config_invalid", "option credentials: must be a value that JSON can hold", members);
      }
      return intern(await alive().login(body, signal));
    },
    logout: async () => alive().logout(),
    // Without an argument it fails as `fetch` fails.
    authFetch: async (...args) => (args.length ? alive().authFetch(...args) : fetch()),
    refresh: async () => intern(await alive().refresh()),
    accessToken: async () => alive().token(),
    subscribe: (listener) => {
      const stop = shell.subscribe(([event, ...state]) => {
        const [acrValues, maxAge] = state.splice(6);
        listener(Object.freeze({ event, ...named(state), ...(acrValues && { acrValues: deepFreeze(acrValues), maxAge }) }));
      });
      stops.add(stop);
      return () => {
        stops.delete(stop);
        stop();
      };
    },
    getSnapshot,
    journal: () => shell.journal().map(([time, event, detail, value]) => ({ time, event, detail, value })),
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
