// The object that an app works with: calls of the shell, and what the shell tells.

import { credentialsOf, jsonOf } from "./credentials.js";
import { disposed } from "./error.js";
import { eventOf, snapshotOf } from "./events.js";
import { interning } from "./frozen.js";
import { translatorOf } from "./translator.js";
import { inWords } from "./words.js";

/** A client on a shell, for these options. */
export function clientOf(opened, options) {
  let shell = opened;
  const loginEndpoint = options.endpoints?.login || {};
  let isDisposed = false;
  const internUser = interning();
  const internClaims = interning();
  const stops = new Set();

  let version = -1;
  let snapshot;
  const getSnapshot = () => {
    const changed = shell.snapshot(version);
    if (changed) {
      const [newVersion, ...state] = changed;
      version = newVersion;
      snapshot = Object.freeze(snapshotOf(state, internUser));
    }
    return snapshot;
  };

  const alive = () => {
    if (isDisposed) throw disposed();
    return shell;
  };

  const dispose = () => {
    if (isDisposed) return;
    isDisposed = true;
    for (const stop of stops) stop();
    stops.clear();
    getSnapshot();
    const ended = endedShell(shell);
    shell.release();
    // Others with this key go on using the shell itself.
    shell = ended;
  };

  const login = async (credentials, { endpoint, signal } = {}) => {
    const [json, form] = credentialsOf(credentials, endpoint ?? loginEndpoint);
    if (endpoint === undefined) return internUser(await alive().login(json, form, undefined, signal));
    return inWords(async () => {
      if (endpoint === null) throw ["endpoint", undefined, null];
      // Who has had none so far has one from here on.
      await alive().ready();
      const translator = alive().translator ?? (await translatorOf(options));
      return internUser(await alive().login(json, form, endpoint, signal, translator));
    });
  };

  const subscribe = (listener) => {
    // Where zone.js is, as in Angular, a listener hears in the zone that it was added in, as one of `addEventListener` does.
    const tell = globalThis.Zone?.current.wrap(listener, "hallpass") ?? listener;
    const stop = shell.subscribe((change) => tell(eventOf(change, internUser, () => shell.claims())));
    stops.add(stop);
    return () => {
      stops.delete(stop);
      stop();
    };
  };

  // It settles as early as `fetch`: no promise of its own stands between.
  const authFetch = (...args) => {
    try {
      return alive().authFetch(...args);
    } catch (error) {
      return Promise.reject(error);
    }
  };

  return Object.freeze({
    get status() {
      return getSnapshot().status;
    },
    get user() {
      return getSnapshot().user;
    },
    get reason() {
      return getSnapshot().reason;
    },
    get expiresAt() {
      return getSnapshot().expiresAt;
    },
    get claims() {
      return internClaims(shell.claims());
    },
    login,
    adopt: async (answer) => internUser(await alive().adopt([jsonOf("answer", answer)])),
    logout: async () => alive().logout(),
    // Whoever puts it in the place of `fetch` reads it here, while that is still there.
    get authFetch() {
      shell.lookAtFetch();
      return authFetch;
    },
    refresh: async () => internUser(await alive().refresh()),
    accessToken: async () => alive().token(),
    subscribe,
    getSnapshot,
    journal: () => shell.journal().map(([time, event, detail, value]) => ({ time, event, detail, value })),
    dispose,
    // Where the platform has no such symbol, it cannot ask for it either.
    ...(Symbol.dispose && { [Symbol.dispose]: dispose }),
  });
}

/** In the place of a shell that was released: its last state goes on being told. */
function endedShell(shell) {
  const claims = shell.claims();
  const lines = shell.journal();
  return { snapshot() {}, claims: () => claims, journal: () => lines, subscribe: () => () => {}, lookAtFetch() {} };
}
