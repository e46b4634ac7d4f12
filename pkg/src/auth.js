import { AuthError, makeError } from "./error.js";
import { deepFreeze, interning } from "./frozen.js";
import { checked, listed, needsTranslator } from "./options.js";

/** How many live clients of this copy of the package each key has. */
const held = { __proto__: null };

/** Makes a client on a shell that `open` gives. */
export const create = (open, options) => inWords(() => make(open, options));

async function inWords(act) {
  try {
    return await act();
  } catch (fault) {
    throw Array.isArray(fault) ? await misconfigured(...fault) : fault;
  }
}

/** The words are loaded when they are needed. */
async function misconfigured(option, ...fault) {
  const faults = await import("./faults.js").catch(() => ({}));
  return new AuthError("config_invalid", `option ${option}: ${faults.inWords?.(option, ...fault) ?? "is wrong"}`, { option });
}

async function make(open, options) {
  checked(options);
  const { key = "default", storage, verify, isSignedOut } = options;
  // Each is loaded by those who use it.
  const guard = verify && (await import("./verify.js")).guardOf(options, AuthError);
  const store = verify || storage === "sealed" ? (await import("./store.js")).storeOf(options) : storage;
  const translator = needsTranslator(options) ? await translatorOf(options) : undefined;
  const list = listed(options, translator);
  const lease = globalThis.navigator?.locks ? undefined : (await import("../dist/lease.js")).lease;
  // Two copies in one page would be two engines on one store. Which has a key, each finds where all copies look: not at `globalThis`,
  // which to the code of a document that was left is the window of the next one.
  const owners = (WebAssembly[Symbol.for("hallpass")] ??= { __proto__: null });
  if ((owners[key] ?? held) !== held && owners[key][key]) throw ["key", true];
  let shell = open(list, [makeError, isSignedOut, store, guard, lease, translator, async () => translator ?? translatorOf(options), options.csrf?.responseHeader], typeof store === "object");
  if (Array.isArray(shell)) throw shell;
  owners[key] = held;
  held[key] = -~held[key];
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
    // The engine answers no more; its last state goes on being told.
    const [claims, lines] = [shell.claims(), shell.journal(), getSnapshot()];
    shell.release();
    // Others with this key go on using the shell itself.
    shell = { snapshot() {}, claims: () => claims, journal: () => lines, subscribe: () => () => {} };
    held[key]--;
  };

  try {
    translator?.resolve(shell.base(), shell.lists);
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
    login: async (credentials, { endpoint, signal } = {}) => {
      const [json, form] = textOf(credentials, (endpoint ?? options.endpoints?.login) || {});
      if (endpoint === undefined) return intern(await alive().login(json, form, undefined, signal));
      return inWords(async () => {
        // Who has had none so far has one from here on.
        const translator = alive().translator ?? (await translatorOf(options));
        return intern(await alive().login(json, form, endpoint, signal, translator));
      });
    },
    adopt: async (answer) => intern(await alive().adopt([jsonOf("answer", answer)])),
    logout: async () => alive().logout(),
    // Without an argument it fails as `fetch` fails.
    authFetch: async (...args) => (args.length ? alive().authFetch(...args) : fetch()),
    refresh: async () => intern(await alive().refresh()),
    accessToken: async () => alive().token(),
    subscribe: (listener) => {
      const stop = shell.subscribe(([event, ...state]) => {
        const [first, second] = state.splice(6);
        listener(
          deepFreeze({
            event,
            ...named(state),
            ...(event === "step-up-required" && { acrValues: first, maxAge: second }),
            ...(event === "signed-out" && { serverCode: first, serverMessage: second }),
            ...(event === "token-large" && { heaviest: heaviest(shell.claims()) }),
          }),
        );
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

const translatorOf = async (options) => (await import("./contracts.js")).translatorOf(options);

/** The credentials as JSON, and a form as what it is; if they can be sent as the endpoint wants them. */
function textOf(credentials, { as, params }) {
  const isForm = credentials instanceof URLSearchParams || credentials instanceof FormData;
  if (as === "none" && credentials === undefined) return [""];
  if (as === "multipart" && !isForm) wrong("credentials", "must be FormData");
  if (!isForm) {
    if ((as === "form" || params) && Object(credentials) !== credentials) wrong("credentials", "must be an object, whose members are the fields");
    return [jsonOf("credentials", credentials)];
  }
  const texts = [...credentials].filter(([, value]) => typeof value === "string");
  return [JSON.stringify(Object.fromEntries(texts)), credentials];
}

function jsonOf(option, value) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch {
    // A cycle, or a BigInt.
  }
  return text ?? wrong(option, "must be a value that JSON can hold");
}

function wrong(option, words) {
  throw new AuthError("config_invalid", `option ${option}: ${words}`, { option });
}

/** The claims that make a token large, the largest first. */
const heaviest = (claims) =>
  Object.entries(claims ?? {})
    .map(([name, value]) => ({ name, bytes: new TextEncoder().encode(JSON.stringify(value)).length }))
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, 5);
