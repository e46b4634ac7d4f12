// What the bindings of the frameworks share. It knows the engine only by the client that the app hands in.

const isServer = typeof window === "undefined";
const methods = ["login", "logout", "authFetch", "refresh", "accessToken"];
const sources = new WeakMap();

/**
 * A client, or the promise of one, as something to show at once: `read()` gives the state and the methods, the same
 * object until something changes; `first` is what a server renders, and what is shown until the client is there. `initial` is the user that
 * a server has found, `null` if it found nobody: shown until the client knows.
 */
export function sourceOf(auth, taker, initial) {
  const source = clientSource(auth, taker);
  if (initial === undefined) return source;
  if (typeof initial !== "object" || initial?.then) {
    throw new Error(`${taker} got an initial that is no user: give it the user as an object, null for nobody, or nothing where the server does not know.`);
  }
  const first = Object.freeze({ ...source.first, status: initial ? "signed-in" : "signed-out", user: initial });
  const read = () => {
    const state = source.read();
    return state.status === "restoring" && !state.error ? first : state;
  };
  return { ...source, first, read };
}

function clientSource(auth, taker) {
  const known = auth && sources.get(auth);
  if (known) return known;
  if (!auth && isServer) {
    return make(Promise.reject(new Error("hallpass has no client on the server: call this in the browser only.")));
  }
  if (!auth?.then && !auth?.getSnapshot) {
    throw new Error(`${taker} got no client: give it what createAuth() returned, called once and outside of components.`);
  }
  const source = make(auth);
  sources.set(auth, source);
  return source;
}

function make(auth) {
  const actions = Object.fromEntries(
    methods.map((name) => [name, async (...given) => (await auth)[name](...given)]),
  );
  const view = (state) => Object.freeze({ ...state, ...actions });
  const nothing = { user: null, claims: null, reason: null, expiresAt: null, issuedAt: null, storage: "ok", error: null };
  const first = view({ status: "restoring", ...nothing });
  // A server has no session of its own: without `initial`, what it renders is for every visitor.
  if (isServer) {
    auth.then?.(undefined, () => {});
    return { first, read: () => first, subscribe: () => () => {} };
  }

  let client = auth.getSnapshot && auth;
  let shown = first;
  let snapshot;
  const read = () => {
    const latest = client?.getSnapshot();
    if (latest !== snapshot) {
      snapshot = latest;
      shown = view({ ...latest, claims: client.claims ?? null, error: null });
    }
    return shown;
  };

  const waiting = new Set();
  const settle = () => {
    for (const start of waiting) start();
    waiting.clear();
  };
  if (!client) {
    auth.then(
      (made) => {
        client = made;
        settle();
      },
      (error) => {
        shown = view({ ...first, error });
        settle();
      },
    );
  }
  const subscribe = (listener) => {
    if (client) return client.subscribe(listener);
    let stop = () => waiting.delete(start);
    const start = () => {
      stop = client?.subscribe(listener) ?? stop;
      listener();
    };
    waiting.add(start);
    return () => stop();
  };
  return { first, read, subscribe };
}

let hasWarned = false;

/**
 * Looks at the clients that one place of a page is given, in the order of renders. One that lasts is the app's. Where each render brings
 * another, the component makes them itself, and nobody else holds them: `end` frees these.
 */
export function watching(taker) {
  let last;
  let passing = [];
  return {
    see(auth) {
      if (auth === last) {
        passing = [];
        return;
      }
      last = auth;
      passing.push(auth);
      if (passing.length < 2 || hasWarned) return;
      hasWarned = true;
      console.warn(
        `${taker} got another client than in the render before. If createAuth() is called inside of a component, each render makes one: ` +
          "call it once, outside of components, and hand on what it returned.",
      );
    },
    end() {
      // An app that changes its client now and then does not do so three times in a row.
      if (passing.length > 2) for (const auth of passing) Promise.resolve(auth).then((client) => client?.dispose?.(), () => {});
      last = undefined;
      passing = [];
    },
  };
}

/** Tells the app of a client that could not be made. On a server nobody waits for it. */
export function onFailure(auth, tell) {
  if (!isServer) auth.then?.(undefined, tell);
}

export const missing = (entry, caller, cause, cure) =>
  new Error(
    `${caller} ${cause}: ${cure}. If that is done, the page has two copies of ${entry}: ` +
      "see `npm ls hallpass`, and in Vite `resolve.dedupe`.",
  );

export const outdated = (entry, wanted, found = "an older one") =>
  new Error(`${entry} needs ${wanted} or newer, and this is ${found}: install that.`);
