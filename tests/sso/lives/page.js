// A page of the app: what it finds of a browser. Whatever a browser does in its own time happens here in the world's.
import { createHash, createPublicKey, verify } from "node:crypto";

export class Page {
  isGone = false;
  isAsleep = false;
  /** What stands in the address. */
  url;
  /** Calls of the app that have not settled. */
  waits = new Set();
  channels = new Set();
  /** Asked for, or held. */
  locks = new Set();
  #listeners = new Map();

  constructor(browser, tab, url) {
    this.browser = browser;
    this.world = browser.world;
    this.tab = tab;
    this.url = new URL(url);
    this.name = `${tab.name}/${this.world.number()}`;
    this.globals = globalsOf(this);
  }

  tell(text) {
    this.world.tell(`${this.name} ${text}`);
  }

  /** What comes of a task that the browser does beside. */
  later(act, line) {
    return new Promise((resolve, reject) => {
      const settle = () => {
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      };
      this.world.soon(settle, { owner: this, line });
    });
  }

  on(name, listener, options) {
    if (options?.signal?.aborted) return;
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Map());
    this.#listeners.get(name).set(listener, options?.once);
    options?.signal?.addEventListener("abort", () => this.off(name, listener));
  }

  off(name, listener) {
    this.#listeners.get(name)?.delete(listener);
  }

  dispatch(name, event = {}) {
    for (const [listener, isOnce] of [...(this.#listeners.get(name) ?? [])]) {
      if (isOnce) this.off(name, listener);
      listener({ type: name, ...event });
    }
  }

  end() {
    if (this.isGone) return;
    this.isGone = true;
    for (const channel of [...this.channels]) channel.close();
    this.browser.locks.leave(this);
    for (const frame of this.frames ?? []) frame.close();
  }
}

/** What is the same in all pages. */
const made = new Map();

function globalsOf(page) {
  const { browser, world, tab } = page;
  const guard = (act) => (...args) => (page.isGone ? undefined : act(...args));
  const location = {
    get href() {
      return page.url.href;
    },
    assign: guard((url) => tab.go(page, new URL(url, page.url).href)),
    replace: guard((url) => tab.go(page, new URL(url, page.url).href, true)),
  };
  for (const part of ["origin", "protocol", "host", "hostname", "port", "pathname", "search", "hash"]) {
    Object.defineProperty(location, part, { get: () => page.url[part] });
  }
  const listening = {
    addEventListener: (...args) => page.on(...args),
    removeEventListener: (...args) => page.off(...args),
  };
  const globals = {
    ...Object.fromEntries(["Headers", "Request", "Response", "URL", "URLSearchParams", "AbortController", "TextDecoder", "TextEncoder", "ReadableStream", "FormData"].map((name) => [name, globalThis[name]])),
    ...listening,
    location,
    origin: page.url.origin,
    history: {
      state: null,
      replaceState: (_, __, url) => {
        page.url = new URL(url, page.url);
        tab.entry.url = page.url.href;
      },
    },
    document: { ...listening, visibilityState: "visible", get baseURI() { return page.url.href; }, createElement: (name) => elementOf(page, name), body: { append: (element) => element.opened?.() } },
    localStorage: storageOf(page, browser.storageOf(page.url.origin), true),
    sessionStorage: storageOf(page, tab.storageOf(page.url.origin)),
    indexedDB: undefined,
    navigator: { locks: browser.hasLocks ? { request: (...args) => browser.locks.request(page, ...args) } : undefined },
    BroadcastChannel: channelOf(page),
    setTimeout: (act, milliseconds) => (page.isGone ? undefined : world.timer(act, milliseconds, page)),
    clearTimeout: (timer) => world.clear(timer),
    queueMicrotask,
    performance: { now: () => world.now - 1_800_000_000_000 + 0.5, getEntriesByType: () => [{ type: tab.loadedBy }] },
    Date: dateOf(world),
    // Its chance too is drawn: a page that waits for some time waits as long in the same life.
    Math: Object.create(Math, { random: { value: () => bytesOf(`random ${world.number()}`)[0] / 256 } }),
    AbortSignal: {
      timeout(milliseconds) {
        const controller = new AbortController();
        world.timer(() => controller.abort(new DOMException("too late", "TimeoutError")), milliseconds, page);
        return controller.signal;
      },
    },
    console: { warn: (...words) => page.tell(`warns: ${words.join(" ")}`), error: (...words) => page.tell(`says: ${words.join(" ")}`) },
    crypto: cryptoOf(page),
    fetch: (...args) => browser.network.fetch(page, ...args),
    WebAssembly: assemblyOf(page),
    open: () => (page.isGone ? null : browser.popup(page)),
    close: () => world.soon(() => tab.isPopup && tab.close(), { owner: page }),
    reportError: (error) => world.fail(`${page.name} reports ${error?.stack ?? error}`),
    once: (key, make) => {
      if (!made.has(key)) made.set(key, make());
      return made.get(key);
    },
    /** A file of the package, which comes in its own time. */
    chunk: () => page.later(() => {}),
  };
  globals.parent = tab.parent?.globals ?? globals;
  return globals;
}

function storageOf(page, items, isShared) {
  const told = (key, act) => {
    act();
    if (isShared) page.browser.changed(page, key);
  };
  const storage = {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => page.isGone || told(key, () => items.set(key, String(value))),
    removeItem: (key) => page.isGone || told(key, () => items.delete(key)),
  };
  return new Proxy(storage, {
    ownKeys: () => [...items.keys()],
    getOwnPropertyDescriptor: (_, key) => (items.has(key) ? { value: items.get(key), enumerable: true, configurable: true } : undefined),
  });
}

const channelOf = (page) =>
  class {
    constructor(name) {
      this.name = name;
      this.line = `channel ${name} to ${page.name} ${page.world.number()}`;
      page.channels.add(this);
    }
    postMessage(message) {
      if (page.isGone) return;
      const data = structuredClone(message);
      for (const other of page.browser.pages()) {
        for (const channel of other.channels) {
          if (channel === this || channel.name !== this.name) continue;
          const hear = () => other.channels.has(channel) && channel.onmessage?.({ data });
          page.world.soon(hear, { owner: other, line: channel.line });
        }
      }
    }
    close() {
      page.channels.delete(this);
    }
  };

/** A frame. It is loaded when it stands in the page. */
function elementOf(page, name) {
  if (name !== "iframe") throw new Error(`these pages have no ${name}`);
  const frame = { opened: () => (frame.tab = page.browser.frame(page, frame.src)), remove: () => frame.tab?.close() };
  return frame;
}

const dateOf = (world) =>
  class extends Date {
    constructor(...args) {
      super(...(args.length ? args : [world.now]));
    }
    static now() {
      return world.now;
    }
  };

/** Each answer takes its time, so that another page may come between. */
const bytesOf = (text) => createHash("sha256").update(text).digest();

function cryptoOf(page) {
  const { world } = page;
  return {
    getRandomValues: (array) => (array.set(bytesOf(`random ${world.number()}`).subarray(0, array.length)), array),
    randomUUID: () => `00000000-0000-4000-8000-${String(world.number()).padStart(12, "0")}`,
    subtle: {
      digest: (name, bytes) => page.later(() => new Uint8Array(createHash(name.replace("-", "")).update(bytes).digest()).buffer),
      importKey: (_, jwk) => page.later(() => createPublicKey({ key: jwk, format: "jwk" })),
      verify: ({ hash }, key, signature, bytes) => page.later(() => verify((hash?.name ?? hash).replace("-", ""), bytes, { key, dsaEncoding: "ieee-p1363" }, signature)),
    },
  };
}

const modules = new WeakMap();
function moduleOf(bytes) {
  if (!modules.has(bytes)) modules.set(bytes, new WebAssembly.Module(bytes));
  return modules.get(bytes);
}

/** Of the same bytes, which `once` gives, there is one module for all pages. */
function assemblyOf(page) {
  const { Instance } = WebAssembly;
  function Module(bytes) {
    return moduleOf(bytes);
  }
  return {
    Module,
    Instance,
    compile: (bytes) => page.later(() => moduleOf(bytes)),
    instantiate: (given, imports) =>
      page.later(() => {
        if (given instanceof WebAssembly.Module) return new Instance(given, imports);
        const module = moduleOf(given);
        return { module, instance: new Instance(module, imports) };
      }),
  };
}
