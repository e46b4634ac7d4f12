// Several APIs: each origin that has one is called with a token of its own, which no other origin gets. Each has a small client in memory, so
// that its calls are sent, renewed and repeated as all others are. Its tokens come with those of the session (docs/decisions/0023).

import { AuthError, configError, disposed } from "../error.js";
import { isObject, isText } from "../options.js";
import { targetOf } from "./calls.js";
import { grants, superseded } from "./grants.js";

const MEMBERS = ["resource", "audience", "scope"];
/** Hosts of this machine, which may do without https. */
const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\]|.*\.localhost)$/;
/** The default of the option `timeout`, in seconds. */
const USUAL_TIMEOUT = 15;
/** What a client of an API tells that is told of the session's as well. */
const TOLD = ["step-up-required", "token-large"];

/** By key, as clients of one key share an engine, and with it what it renews. */
const shares = new Map();

const never = new AbortController().signal;

/**
 * The APIs of these options. `open` makes a client. `tools`: see `more.js`. Throws for what is wrong with `sso.apis`.
 */
export function apisOf(options, providers, open, tools) {
  for (const { own } of providers.values()) {
    check(own, options);
    const each = Object.values(own.apis ?? {});
    // A sign-in asks for all there is, each word once: of it each token has a part, the session's what the app wants for itself.
    const words = (scopes) => [...new Set(scopes.join(" ").split(" "))].filter(Boolean).join(" ");
    const all = words([own.scope, ...each.map(({ scope }) => scope)]);
    if (all !== words([own.scope])) own.narrow = words([own.scope]);
    own.scope = all;
    own.further = [...(own.further ?? []), ...each.filter(({ resource }) => resource).map(({ resource }) => ["resource", resource])];
  }
  const { key = "default", timeout = USUAL_TIMEOUT } = options;
  if (!shares.has(key)) shares.set(key, { clients: new Set(), listeners: new Set(), ones: new Map(), grants: grants(timeout * 1_000) });
  return joining(shares.get(key), options, providers, open, tools);
}

function joining(shared, options, providers, open, { inTime, unlessAborted }) {
  const { key = "default", timeout = USUAL_TIMEOUT } = options;
  const { ones } = shared;
  const origins = new Set([...providers.values()].flatMap(({ own }) => Object.keys(own.apis ?? {})));
  const listeners = new Map();
  let client;
  let isLeft = false;

  const oneOf = (origin) => {
    if (!ones.has(origin)) ones.set(origin, { origin });
    return ones.get(origin);
  };

  /** Of the API's client, what the session's must not have: neither its store nor its endpoints. */
  const optionsFor = (origin) => {
    const { leeway, header, refuseRedirects, isSignedOut, insecureOrigins, fetch: apps, fetchCalls } = options;
    const given = { leeway, header, refuseRedirects, isSignedOut, insecureOrigins, fetchCalls };
    return {
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      mode: "jwt",
      key: `api ${crypto.randomUUID()}`,
      baseUrl: origin,
      user: "answer",
      endpoints: { login: false, me: false, logout: false, refresh: "/token" },
      refreshToken: { in: "form" },
      // A session's renewal may come first.
      timeout: timeout * 2,
      timedRefresh: false,
      shareAcrossTabs: false,
      fetch: (request, kind) => (kind === "call" ? apps(request, kind) : shared.grants.answer(origin)),
    };
  };

  const clientOf = async (one) => {
    one.opening ??= open(optionsFor(one.origin)).then(
      (opened) => {
        opened.subscribe((change) => {
          if (!TOLD.includes(change.event)) return;
          for (const tell of [...shared.listeners]) tell({ ...change, ...client.getSnapshot() });
        });
        return (one.client = opened);
      },
      (error) => {
        one.opening = undefined;
        throw error;
      },
    );
    return one.opening;
  };

  /** Whether a call can go by the API's client as it is. If nobody is signed in it goes without a token. */
  const isReady = ({ client: own }) => own && (own.status === "signed-in" || client.status === "signed-out");

  /** A token for the API's client, if the session is the same when it is there. */
  const adopting = (one, own) => {
    const { session, tokens } = shared.grants;
    const asked = session();
    const done = tokens(one.origin)
      .then((granted) => {
        if (asked !== session()) throw superseded();
        return own.adopt(granted);
      })
      .finally(() => {
        if (one.adopting === done) one.adopting = undefined;
      });
    return done;
  };

  /** The API's client with a token, if anybody is signed in. */
  const ready = async (one) => {
    const own = await clientOf(one);
    if (isReady(one)) return own;
    one.adopting ??= adopting(one, own);
    try {
      await one.adopting;
    } catch (error) {
      // Nobody is signed in, as has turned out.
      if (isLeft || client.status !== "signed-out") throw error;
    }
    return own;
  };

  /** What the provider has refused is told in its words. */
  const told = (one, error) => {
    throw (error?.code === "signed_out" && shared.grants.refusal(one.origin)) || error;
  };

  const later = async (one, call, signal) => {
    const late = () => new AuthError("timeout", `no token for ${one.origin} in time`, { retryable: true });
    const own = await unlessAborted(signal ?? never, inTime(ready(one), timeout * 2_000, late));
    return call(own);
  };

  /** Nothing of a session that is over, or another's. */
  const drop = () => {
    shared.grants.drop();
    for (const one of ones.values()) {
      one.adopting = undefined;
      one.client?.logout().catch(() => {});
    }
  };

  const base = () => new URL(options.baseUrl ?? "", globalThis.document?.baseURI ?? location.href).href;

  function authFetch(...args) {
    const target = targetOf(args, base);
    if (!target || !origins.has(target.origin)) return client.authFetch(...args);
    if (isLeft) return Promise.reject(disposed());
    const one = oneOf(target.origin);
    shared.grants.used(target.origin);
    const failed = (error) => told(one, error);
    if (isReady(one)) return one.client.authFetch(target.input, ...args.slice(1)).catch(failed);
    try {
      const [copy, signal] = target.copy();
      return later(one, (own) => own.authFetch(...copy), signal).catch(failed);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  return {
    /** See `grants`. */
    session: () => shared.grants.session(),
    renewed: (...flight) => shared.grants.renewed(...flight),
    /** Another sign-in: what was granted before it is not what it has brought. */
    drop,
    /** From here on it is the client whose tokens these are; what it does in another way is given. */
    join(opened) {
      client = opened;
      shared.clients.add(client);
      shared.grants.join(client, (origin, tokens) => ones.get(origin)?.client?.adopt(tokens));
      client.subscribe(({ event }) => {
        if (/^(signed-in|signed-out|subject-changed)$/.test(event)) drop();
      });
      return {
        get authFetch() {
          // It is looked at what stands in the place of `fetch`.
          return client.authFetch && authFetch;
        },
        async accessToken({ api } = {}) {
          if (api === undefined) return client.accessToken();
          if (isLeft) throw disposed();
          if (!origins.has(api)) throw configError("api", `must be one of ${[...origins].join(", ")}`);
          const one = oneOf(api);
          if (client.status === "signed-out") return null;
          return later(one, (own) => own.accessToken()).catch((error) => told(one, error));
        },
        subscribe(listener) {
          const stop = client.subscribe(listener);
          const tell = globalThis.Zone?.current.wrap(listener, "hallpass") ?? listener;
          const own = (change) => tell(Object.freeze(change));
          listeners.set(own, stop);
          shared.listeners.add(own);
          return () => {
            stop();
            shared.listeners.delete(own);
            listeners.delete(own);
          };
        },
        journal: () => [client, ...[...ones.values()].map((one) => one.client)].flatMap((one) => one?.journal() ?? []).sort((one, other) => one.time - other.time),
      };
    },
    /** The last client of a key takes its APIs along. */
    leave() {
      isLeft = true;
      for (const own of listeners.keys()) shared.listeners.delete(own);
      shared.clients.delete(client);
      shared.grants.leave(client);
      if (shared.clients.size) return;
      // Also one that is being opened.
      for (const { opening } of ones.values()) opening?.then((own) => own.dispose(), () => {});
      if (shares.get(key) === shared) shares.delete(key);
    },
  };
}

function check({ name, apis = {} }, { insecureOrigins = [] }) {
  const option = name ? `sso.${name}.apis` : "sso.apis";
  for (const [origin, api] of Object.entries(apis)) {
    const url = URL.canParse(origin) && new URL(origin);
    const isSafe = url && (url.protocol === "https:" || (url.protocol === "http:" && (LOCAL.test(url.hostname) || insecureOrigins.includes(origin))));
    if (!isSafe || url.origin !== origin) throw configError(option, `"${origin}" must be an origin, such as "https://api.example.com", by https`);
    const names = isObject(api) ? Object.keys(api).filter((member) => api[member] !== undefined) : [];
    const isRight = names.length && names.every((name) => MEMBERS.includes(name) && isText(api[name]) && api[name]);
    if (!isRight || (api.resource && api.audience)) {
      throw configError(option, `of ${origin} must be an object with resource or audience, scope, or both; each a text`);
    }
    if (api.resource && (!URL.canParse(api.resource) || api.resource.includes("#"))) {
      throw configError(option, `resource of ${origin} must be an absolute URI without a fragment (RFC 8707 §2)`);
    }
  }
}
