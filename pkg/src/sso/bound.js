// DPoP (RFC 9449): tokens that are good for nothing without the key of this browser. What the engine is told of it, how calls go, and what is shown
// when the key is lost or cannot be kept.

import { AuthError, configError } from "../error.js";
import { isText } from "../options.js";
import { decide } from "./further.js";
import { hashed, keyOf } from "./key.js";
import { formOf } from "./module.js";
import { proving } from "./proof.js";
import { asBearer } from "./renewal.js";
import { TRANSPORT } from "./transport.js";

const PREFIX = "hallpass/bearer:";
/** The longest body, in bytes, that is kept for a second time. */
const LONGEST_KEPT = 1_048_576;
/** How many tokens without a key are known in a page. */
const MOST_BEARERS = 100;

/** Of the options of a client whose providers want it. `tools`: see `more.js`. Throws for an option that contradicts it. */
export async function boundOf(options, providers, { inTime, marked }) {
  const { key: name = "default", header, isSignedOut } = options;
  if (header !== undefined) throw configError("header", "must not be given with sso.dpop, which has its own (RFC 9449 §7.1)");
  if (!globalThis.crypto?.subtle) throw new AuthError("unsupported", "sso.dpop needs https, or http on this machine: elsewhere browsers have no crypto.subtle");
  const key = await keyOf(name, inTime);
  for (const { own } of providers.values()) {
    if (!own.dpop) continue;
    const wish = [["dpop", own.dpop], ["dpop_jkt", key.isKept ? key.jkt : ""]];
    // A code that is bound to a key of this page could not be used in the next, to which a redirect leads.
    own.proving = (server) => decide("proves", [wish, server]);
  }
  // Clients of one key share an engine, and so what is known of its session. Of its answers `unsettled` are those that lack nothing but a nonce: no
  // token is renewed for them. `bearers`: which tokens are bound to no key, by their hashes, as a token says nothing of it.
  const shared = (key.shared ??= { isLost: false, wasRenewed: false, unsettled: new WeakSet(), bearers: new Set() });
  const { unsettled, bearers } = shared;
  /** Whether any provider may give tokens without a key. */
  const mayBearer = [...providers.values()].some(({ own }) => own.dpop !== true);
  const lines = [];
  let client;

  const tell = (origin, words) => {
    lines.push({ time: Date.now(), event: "proof refused", detail: `${origin} ${words}`, value: null });
    console.warn(`hallpass: ${origin} ${words}`);
  };

  /** What the engine knows of the server's clock shows in the times of a token. Of two ways to read it, either may be misled by how the provider dates tokens. */
  const clock = () => {
    const { iat, exp } = client?.claims ?? {};
    const { issuedAt, expiresAt } = client?.getSnapshot() ?? {};
    const ways = [[iat, issuedAt], [exp, expiresAt]].filter((way) => way.every(Number.isFinite)).map(([told, shown]) => told * 1_000 - shown);
    return ways.sort((one, other) => Math.abs(one) - Math.abs(other))[0] ?? 0;
  };
  const proved = proving(key, clock, tell);

  const store = (act) => {
    try {
      return act(localStorage);
    } catch {
      return undefined; // blocked or full: this page knows it
    }
  };
  const isBearer = (hash) => mayBearer && (bearers.has(hash) || store((at) => at.getItem(PREFIX + name)) === hash);

  /**
   * What sends a call of `authFetch` in place of `fetch`. What goes out in the end goes by `plain`, the client's own `authFetch`, which leaves
   * alone what has a credential already.
   */
  const transport = (plain, input, init) => {
    const given = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    const hasOwn = given.has("Authorization");
    const isOnce = !canRepeat(init?.body);
    const by = init?.[TRANSPORT];
    const send = (request) => (by ? plain(request, { [TRANSPORT]: by }) : plain(request));
    return async (...args) => {
      const [request] = args;
      const credential = args.length === 1 && !hasOwn && request.headers.get("Authorization");
      const [, token] = /^DPoP (.+)$/.exec(credential || "") ?? [];
      // To an origin that gets no token, or with one of the caller's: as it came.
      if (!token) return args.length === 1 ? send(request) : plain(input, init);
      if (isBearer(await hashed(token))) {
        request.headers.set("Authorization", `Bearer ${token}`);
        return send(request);
      }
      const { referrer, referrerPolicy, keepalive, redirect } = request;
      // A proof is for one URL: it is worth nothing where a redirect leads.
      const strict = redirect === "follow" ? new Request(request, { redirect: "error", referrer, referrerPolicy, keepalive }) : request;
      const [response, lacksNonce] = await proved(strict, send, { token, isOnce });
      if (lacksNonce) unsettled.add(response);
      return response;
    };
  };

  const around = (opened) => {
    client = opened;
    opened.subscribe(({ status }) => {
      if (status === "signed-in") shared.isLost = false;
    });
    const shown = new WeakMap();
    const more = (state) => ({
      ...state,
      ...(shared.isLost && state.status === "signed-out" && { reason: "key_lost" }),
      ...(!key.isKept && { storage: "unavailable" }),
    });
    const told = (promise) =>
      promise.catch((error) => {
        if (shared.isLost && error?.code === "signed_out") error.reason = "key_lost";
        throw error;
      });
    const authFetch = (...args) => {
      const [input, init] = args;
      if (!args.length) return opened.authFetch();
      let sent;
      try {
        const plain = Object.getPrototypeOf(init ?? {}) === Object.prototype;
        const value = transport(opened.authFetch, input, init);
        // The members of a `Request` can be read of itself only.
        const get = (own, member) => (member === TRANSPORT ? value : Reflect.get(own, member));
        sent = plain ? { ...init, [TRANSPORT]: value } : new Proxy(init, { get });
      } catch {
        return opened.authFetch(...args); // `fetch` fails in its own words
      }
      return told(opened.authFetch(input, sent));
    };
    const getSnapshot = () => {
      const state = opened.getSnapshot();
      if (!(shared.isLost || !key.isKept)) return state;
      if (!shown.has(state)) shown.set(state, Object.freeze(more(state)));
      return shown.get(state);
    };
    return {
      getSnapshot,
      get reason() {
        return getSnapshot().reason;
      },
      subscribe: (listener) =>
        opened.subscribe((change) => {
          listener(shared.isLost || !key.isKept ? Object.freeze(more(change)) : change);
        }),
      get authFetch() {
        // It is looked at what stands in the place of `fetch`.
        return opened.authFetch && authFetch;
      },
      refresh: () => told(opened.refresh()),
      accessToken: (wishes) => told(opened.accessToken(wishes)),
      journal: () => [...opened.journal(), ...lines].sort((one, other) => one.time - other.time),
    };
  };

  return {
    jkt: key.jkt,
    around,

    /** A session that was stored with a key that is not here any more is over, before anything is sent with its token. */
    async begin(opened) {
      client = opened;
      const isFirst = key.isNew;
      key.isNew = false;
      if (!isFirst || opened.status === "signed-out") return;
      const failed = await opened.refresh().then(() => undefined, (error) => error);
      // Nothing tells whose key its token was for. While nobody can be asked, a session may be from before there were keys.
      const renewed = opened.status !== "signed-in" || shared.wasRenewed;
      if (!renewed && !failed?.retryable) {
        shared.isLost = true;
        await opened.logout().catch(() => {});
      }
    },

    /** The options for the engine. */
    options: {
      ...options,
      header: { scheme: "DPoP" },
      isSignedOut: (response) => !unsettled.has(response) && (isSignedOut ? isSignedOut(response) : response.status === 401),
      // Tokens without their key would be worth nothing in the next page, nor in another tab.
      ...(!key.isKept && { storage: "memory", shareAcrossTabs: false }),
    },

    /** What the client is to adopt in place of an answer that the app has got. `own`: whose it is, if that is known. */
    async adopted(own, answer) {
      const jkt = await this.noted(Object(answer), mayBearer ? "auto" : "true");
      const token = own && answer?.refresh_token && { refresh_token: marked(own, answer.refresh_token, jkt) };
      return token || jkt ? { ...answer, ...token, ...asBearer(jkt) } : answer;
    },

    /** Sends a request to the authorization server. */
    async ask(request, send) {
      const [response] = await proved(request, send, { at: "token" });
      return response;
    },

    /** And one with an access token. */
    async call(request, send, token) {
      request.headers.set("Authorization", `DPoP ${token}`);
      const [response] = await proved(request, send, { token });
      return response;
    },

    /** What answers a renewal in place of the provider, if its refresh token is bound to another key than ours. */
    async refusal(jkt) {
      const isOwn = await decide("is_own_key", [[["key", jkt ?? ""]], [["key", key.jkt]]]);
      if (isOwn.length) return undefined;
      shared.isLost = true;
      return Response.json({ error: "key_lost", error_description: "the key that the session is bound to is not in this browser any more" }, { status: 400 });
    },

    /**
     * Takes notice of a token's type, which has to fit the `wish` for proofs of its request. Gives the thumbprint that goes with its refresh token.
     * One that `isOfApi` is not the session's, and lives in this page.
     */
    async noted(answer, wish, isOfApi) {
      const said = formOf(answer);
      await decide("is_of_type", [[["dpop", wish]], said]);
      shared.wasRenewed = true;
      // What was decided on: of a list the first, and no zeros.
      const [, type = ""] = said.find(([member]) => member === "token_type") ?? [];
      if (wish === "true" || type.replaceAll("\0", "").toLowerCase() === "dpop") return key.jkt;
      const hash = await hashed(String(answer.access_token));
      bearers.add(hash);
      if (bearers.size > MOST_BEARERS) bearers.delete([...bearers][0]);
      if (!isOfApi) store((at) => at.setItem(PREFIX + name, hash));
      return undefined;
    },
  };
}

/** Whether a body can be kept for a second time. */
function canRepeat(body) {
  if (body === null || body === undefined || isText(body)) return true;
  if (globalThis.ReadableStream && body instanceof ReadableStream) return false;
  const length = body.byteLength ?? body.size ?? 0;
  return typeof length !== "number" || length <= LONGEST_KEPT;
}
