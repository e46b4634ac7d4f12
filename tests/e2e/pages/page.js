// What the tests' scripts find in the page. It loads nothing of hallpass by itself.

const query = new URLSearchParams(location.search);
const [kind, storage] = query.get("mode").split("-");
const client = location.pathname.split("/")[2];
const realFetch = window.fetch;

const page = {
  kind,
  client,
  ada: { email: "ada@example.com", password: "correct horse" },
  grace: { email: "grace@example.com", password: "battery staple" },
  orders: `api/${kind}/orders`,
  echo: `api/${kind}/echo`,
  consoleLines: [],
  /** What the client told its first subscriber. */
  changes: [],
  auth: undefined,

  load: () => import("/pkg/index.js"),
  /** What the tests of hostile URLs need. */
  urls: () => import("/urls.js"),
  /** What those of secrets need, before anything else is loaded. */
  loadSecrets: async () => (window.secrets = await import("/secrets.js")),
  /** What those of growth need, likewise. */
  loadGrowth: async () => (window.growth = await import("/growth.js")),
  loadRustApp: async () => {
    const app = await import("/rust-app/app.js");
    await app.default({ module_or_path: "/rust-app/app_bg.wasm" });
    return app;
  },

  /** The options of this page's mode, with others in their place or beside them. */
  options: ({ endpoints, ...others } = {}) => ({
    mode: kind,
    key: client,
    ...(storage && { storage }),
    ...others,
    endpoints: {
      login: `auth/${kind}/login`,
      logout: `auth/${kind}/logout`,
      ...(kind === "session" ? { me: "auth/session/me" } : { refresh: `auth/${kind}/refresh` }),
      ...endpoints,
    },
  }),

  /**
   * Makes the client `auth`, and in jwt mode waits for its engine, which writes a line there at each start: time that a test lets pass is
   * none that a file took to load. What a page has before is shown in tests/packaging/start.test.js.
   */
  start: async (others) => {
    const { createAuth } = await load();
    window.auth = await createAuth(options(others));
    window.changes = [];
    auth.subscribe(({ event, status, reason, user }) => changes.push({ event, status, reason, user: user?.email ?? null }));
    if (kind === "jwt") await until(() => auth.journal().length > 0, "the engine");
  },

  /** What came out of a promise: `{ value }`, or `{ error }` with the members of an `AuthError`. */
  attempt: async (promise) => {
    try {
      return { value: await promise };
    } catch (error) {
      const { isAuthError } = await load();
      const members = ["name", "code", "status", "retryable", "retryAfter", "serverCode", "serverMessage", "option", "reason"];
      const read = Object.fromEntries(members.map((name) => [name, error?.[name]]));
      return { error: { ...read, message: String(error?.message ?? error), isAuthError: isAuthError(error) } };
    }
  },

  /** The status of an authFetch. */
  call: async (url = orders, init) => (await auth.authFetch(url, init)).status,

  /** The present state without what differs from run to run. */
  state: () => {
    const { status, user, reason, storage } = auth.getSnapshot();
    return { status, user: user?.email ?? null, reason, storage };
  },

  /** The keys in both Web Storages. */
  stored: () => [...Object.keys(localStorage), ...Object.keys(sessionStorage)],

  /** Subscribers that fail. Browsers tell a page the errors of its own scripts only, so they are not made in a test's. */
  throwing: () => {
    throw new Error("mine");
  },
  rejecting: () => Promise.reject(new Error("mine too")),

  /** The Web Storage of this page's mode. */
  storageOf: () => (storage === "session" ? sessionStorage : localStorage),

  /** Waits until `is` gives something that is true. */
  until: async (is, what = String(is)) => {
    const end = realNow() + 15_000;
    for (;;) {
      const value = is();
      if (value) return value;
      if (realNow() > end) throw new Error(`waited in vain for ${what}`);
      await page.pause(5);
    }
  },

  /** Waits for so many real milliseconds. */
  pause: (ms) => new Promise((resolve) => realSetTimeout(resolve, ms)),

  /** Waits until all that is ready to run has run: microtasks, and timers that are due. */
  settled: async () => {
    for (let turn = 0; turn < 5; turn++) await page.pause(0);
  },

  /** From now on the clocks show another time: the wall clock, and with it or alone the monotonic one, in ms. */
  shiftClocks: ({ wall = 0, monotonic = 0 }) => {
    shift.wall += wall;
    shift.monotonic += monotonic;
    Date.now = () => realDateNow() + shift.wall;
    performance.now = () => realNow() + shift.monotonic;
  },

  /** As if the page had been asleep for so long: no timer fires, both clocks have gone on. */
  sleep: (ms) => shiftClocks({ wall: ms, monotonic: ms }),

  /** As if the page had been awake for so long: each timer fires whose time has come, in their order. */
  pass: (ms) => {
    sleep(ms);
    const now = performance.now();
    const due = [...timers].filter(([, { at }]) => at <= now).sort(([, one], [, other]) => one.at - other.at);
    for (const [id, { fire }] of due) {
      // One may have taken the next one away.
      if (!timers.has(id)) continue;
      realClearTimeout(id);
      fire();
    }
  },

  /** From now on a timer fires when `pass` comes to its time, and never by itself. */
  stopTimers: () => {
    for (const id of timers.keys()) realClearTimeout(id);
    areStopped = true;
  },

  /** From now on a timer takes so many times as long: what is to come before it comes before it on a busy machine too. */
  slowTimers: (times) => {
    slowness = times;
  },

  /** Begins when a tab says `go()`. What comes of it is in `gone`. */
  onGo: (begin) => {
    const channel = new BroadcastChannel(`go ${client}`);
    const name = crypto.randomUUID();
    window.gone = new Promise((resolve) => {
      channel.onmessage = ({ data }) => {
        if (data === "who is there?") channel.postMessage(name);
        if (data !== "go") return;
        channel.close();
        resolve(attempt(Promise.resolve().then(begin)));
      };
    });
  },

  /** Said to so many tabs at once, this one too, when all of them hear it: a channel is deaf until the browser knows of it. */
  go: async (tabs) => {
    const channel = new BroadcastChannel(`go ${client}`);
    const there = new Set();
    channel.onmessage = ({ data }) => there.add(data);
    await until(() => {
      channel.postMessage("who is there?");
      return there.size === tabs;
    }, "tabs that hear");
    channel.postMessage("go");
    channel.close();
  },

  /**
   * Holds answers back whose URL has `part` in it: they arrive at the browser, and at the page only after `release()`.
   * `here()` resolves when one has arrived.
   */
  hold: (part) => {
    const gate = { part, arrived: 0 };
    gate.opened = new Promise((resolve) => (gate.release = resolve));
    gate.here = () => until(() => gate.arrived > 0, `an answer of ${part}`);
    gates.push(gate);
    window.fetch = gatedFetch;
    return gate;
  },

  /** From now on `seen` holds the JSON of every answer that the page gets from the auth endpoints. */
  spy: () => {
    window.seen = [];
    const inner = window.fetch;
    window.fetch = async (input, init) => {
      const response = await inner(input, init);
      if (/\/auth\//.test(response.url)) seen.push(await response.clone().json().catch(() => ({})));
      return response;
    };
  },
};

const shift = { wall: 0, monotonic: 0 };
const realDateNow = Date.now;
const realPerformanceNow = performance.now;
const realNow = () => realPerformanceNow.call(performance);
const realSetTimeout = window.setTimeout;
const realClearTimeout = window.clearTimeout;
/** Those that wait: when their time comes, by the clocks that the page shows. */
const timers = new Map();
let areStopped = false;
let slowness = 1;
/** No test lasts that long. */
const NEVER = 3_600_000;
/** The driver's patience with a script, as src/engine.rs sets it. */
const LONGEST_SCRIPT = 30_011;
const gates = [];

async function gatedFetch(input, init) {
  const response = await realFetch(input, init);
  for (const gate of gates) {
    if (!(input.url ?? String(input)).includes(gate.part)) continue;
    gate.arrived += 1;
    await gate.opened;
  }
  return response;
}

Object.assign(window, page);

window.setTimeout = (callback, ms = 0, ...parts) => {
  const fire = () => {
    timers.delete(id);
    callback(...parts);
  };
  // WebKit's driver ends a script by a timer of the page.
  if (ms === LONGEST_SCRIPT) return realSetTimeout(callback, ms, ...parts);
  const id = realSetTimeout(fire, areStopped ? NEVER : ms * slowness);
  timers.set(id, { at: performance.now() + Number(ms), fire });
  return id;
};
window.clearTimeout = (id) => {
  timers.delete(id);
  realClearTimeout(id);
};

for (const level of ["debug", "log", "info", "warn", "error"]) {
  const real = console[level];
  console[level] = (...parts) => {
    page.consoleLines.push(`${level} ${parts.map(String).join(" ")}`);
    real.apply(console, parts);
  };
}
window.addEventListener("error", (event) => page.consoleLines.push(`uncaught ${event.message}`));
window.addEventListener("pageshow", (event) => (window.wasCached = event.persisted));
window.addEventListener("unhandledrejection", (event) => page.consoleLines.push(`unhandled ${event.reason}`));
