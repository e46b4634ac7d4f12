import { jsonOf } from "./src/credentials.js";
import { AuthError } from "./src/error.js";
import { deepFreeze, interning } from "./src/frozen.js";

/** What tells one user from another, as the engine has it. */
const SUBJECTS = ["sub", "id", "user_id", "userId", "_id", "uuid", "email", "username"];
const JOURNAL_LINES = 256;
/** Of a renewal, what a caller is told as it is. Anything else means "not now". */
const FINAL = ["signed_out", "refresh_unavailable", "superseded", "disposed"];

/** A client without engine and server, for an app's own tests. */
export function createFakeAuth(options = {}) {
  const { user = null, status = user ? "signed-in" : "signed-out", lifetime = 900, baseUrl = pageUrl() } = options;
  const isSignedIn = () => state.status === "signed-in";
  const internUser = interning();
  const internClaims = interning();
  const listeners = new Set();
  const routes = [];
  const calls = [];
  const lines = [];
  const failures = { login: [], adopt: [], logout: [], refresh: [], accessToken: [], authFetch: [] };
  let state = { status, user: null, reason: null, expiresAt: null, issuedAt: null, storage: options.storage ?? "ok" };
  let tokens = 0;
  let isDue = false;
  let epoch = 0;
  let login;
  let renewal;
  let disposed = false;

  const note = (event, detail = null, value = null) => {
    lines.push({ time: Date.now(), event, detail, value });
    if (lines.length > JOURNAL_LINES) lines.shift();
  };
  const alive = () => {
    if (disposed) throw goneError();
  };
  const signedOut = () => new AuthError("signed_out", "nobody is signed in; see reason", { reason: state.reason });

  // A listener may cause the next change: each gets them in the order in which they came.
  const changes = [];
  const announce = (event, details) => {
    changes.push(deepFreeze({ event, ...state, ...details }));
    if (changes.length > 1) return;
    for (; changes.length; changes.shift()) {
      for (const listener of [...listeners]) {
        try {
          if (listeners.has(listener)) listener.call(changes[0]);
        } catch (error) {
          report(error);
        }
      }
    }
  };
  const publish = (event, members, details) => {
    const next = { ...state, ...members };
    if (Object.keys(next).every((name) => next[name] === state[name])) return;
    state = Object.freeze(next);
    announce(event, details);
  };
  const freshToken = () => {
    isDue = false;
    tokens += 1;
    if (lifetime === null) return { expiresAt: null, issuedAt: null };
    const issuedAt = Math.max(Date.now(), (state.issuedAt ?? 0) + 1);
    return { expiresAt: issuedAt + lifetime * 1000, issuedAt };
  };
  const enter = (event, newUser) => {
    epoch += 1;
    renewal = undefined;
    note("signed in", null, tokens + 1);
    publish(event, { status: "signed-in", user: internUser(copied(newUser)), reason: null, ...freshToken() });
  };
  const end = (reason, event = state.status === "restoring" ? "restored" : "signed-out", { serverCode = null, serverMessage = null } = {}) => {
    epoch += 1;
    renewal = undefined;
    note("signed out", reason);
    const words = event === "signed-out" ? { serverCode, serverMessage } : undefined;
    publish(event, { status: "signed-out", user: internUser(null), reason, expiresAt: null, issuedAt: null }, words);
  };
  const supersedeLogin = () => login?.(new AuthError("superseded", "a later login or logout replaced this call"));

  const needsRenewal = () => isSignedIn() && (isDue || (state.expiresAt !== null && Date.now() >= state.expiresAt));
  /** One for all who wait. */
  const renew = () => {
    if (renewal) return renewal;
    const own = renewed().finally(() => {
      if (renewal === own) renewal = undefined;
    });
    return (renewal = own);
  };
  const renewed = async () => {
    const began = epoch;
    note("refresh sent");
    const error = failures.refresh.shift();
    await null;
    if (disposed) throw goneError();
    if (epoch !== began) throw isSignedIn() ? new AuthError("superseded", "a later login replaced this call") : signedOut();
    if (!error) return publish("refreshed", freshToken());
    if (error.code === "signed_out") {
      end(error.reason ?? "refresh_refused", undefined, error);
      throw signedOut();
    }
    isDue = true;
    if (FINAL.includes(error.code)) throw error;
    const { status = null, retryAfter = null } = error;
    const words = "the access token cannot be renewed now; the session remains, try again";
    throw new AuthError("refresh_unavailable", words, { status, retryable: true, retryAfter });
  };

  const answered = async (request) => {
    const found = routes.findLast(({ matches }) => matches(request));
    if (!found) {
      const { pathname } = new URL(request.url);
      throw new Error(`nothing answers ${request.method} ${request.url}: call auth.fake.answer("${pathname}", …) before`);
    }
    const reply = typeof found.reply === "function" ? await found.reply(request) : found.reply;
    return responseOf(reply);
  };
  const sent = async (request, goesOnce) => {
    if (needsRenewal()) await renew();
    const token = tokens;
    const attempt = () => {
      const again = goesOnce ? request : request.clone();
      const isListed = new URL(request.url).origin === new URL(baseUrl).origin;
      if (isSignedIn() && isListed && !again.headers.has("Authorization")) {
        again.headers.set("Authorization", `Bearer ${accessToken()}`);
      }
      return answered(again);
    };
    const wasSignedIn = isSignedIn() && !request.headers.has("Authorization");
    const began = epoch;
    const response = await attempt();
    if (response.status !== 401 || !wasSignedIn || disposed || epoch !== began) return response;
    note("refused by the API", null, response.status);
    try {
      if (token === tokens) await renew();
    } catch {
      return response;
    }
    if (goesOnce) return response;
    note("replayed", null, tokens);
    return attempt();
  };
  const accessToken = () => (options.accessToken === undefined ? `fake-token-${tokens}` : options.accessToken);

  const fake = Object.freeze({
    signInAs(newUser) {
      supersedeLogin();
      const was = state;
      if (was.status === "restoring") enter("restored", newUser);
      else if (was.status === "signed-out") enter("signed-in", newUser);
      else if (isSameSubject(was.user, newUser)) publish("user-changed", { user: internUser(copied(newUser)) });
      else enter("subject-changed", newUser);
    },
    signOut(reason = "logout_elsewhere") {
      supersedeLogin();
      if (state.status !== "signed-out") end(reason);
    },
    expire() {
      isDue = true;
    },
    failNext(method, error) {
      if (!failures[method]) throw new TypeError(`${method} cannot be made to fail; ${Object.keys(failures).join(", ")} can`);
      failures[method].push(error);
    },
    answer(route, reply) {
      routes.push({ matches: matcher(route, baseUrl), reply });
    },
    setStorage(storage) {
      publish("storage-changed", { storage });
    },
    emit(event, details) {
      announce(event, details);
    },
    calls,
  });

  const dispose = () => {
    if (disposed) return;
    disposed = true;
    note("disposed");
    listeners.clear();
    login?.(goneError());
  };

  state = Object.freeze({ ...state, reason: options.reason ?? null, user: isSignedIn() ? internUser(copied(user)) : null });
  if (isSignedIn()) state = Object.freeze({ ...state, ...freshToken() });
  note(isSignedIn() ? "restored" : "nobody is signed in", state.reason);

  return Object.freeze({
    get status() {
      return state.status;
    },
    get user() {
      return state.user;
    },
    get reason() {
      return state.reason;
    },
    get expiresAt() {
      return state.expiresAt;
    },
    get claims() {
      return internClaims(isSignedIn() ? copied(options.claims ?? null) : null);
    },
    login: async (credentials, { signal, endpoint } = {}) => {
      const isForm = credentials instanceof URLSearchParams || credentials instanceof FormData;
      const isNone = credentials === undefined && endpoint?.as === "none";
      const sent = isForm ? Object.fromEntries(credentials) : isNone ? null : copiedOf("credentials", credentials);
      alive();
      calls.push({ method: "login", credentials: sent, ...(endpoint !== undefined && { endpoint }) });
      signal?.throwIfAborted();
      supersedeLogin();
      note("login sent");
      const failure = failures.login.shift();
      const { login: answer = () => user } = options;
      const answeredUser = (async () => {
        if (failure) throw failure;
        return answer(sent);
      })();
      const newUser = await new Promise((resolve, reject) => {
        login = reject;
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        answeredUser.then(resolve, reject);
      }).finally(() => (login = undefined));
      enter(isSignedIn() && !isSameSubject(state.user, newUser) ? "subject-changed" : "signed-in", newUser);
      return state.user;
    },
    adopt: async (answer) => {
      const taken = copiedOf("answer", answer);
      alive();
      calls.push({ method: "adopt", answer: taken });
      supersedeLogin();
      const failure = failures.adopt.shift();
      if (failure) throw failure;
      const newUser = taken.user ?? user;
      enter(isSignedIn() && !isSameSubject(state.user, newUser) ? "subject-changed" : "signed-in", newUser);
      return state.user;
    },
    logout: async () => {
      alive();
      calls.push({ method: "logout" });
      supersedeLogin();
      if (state.status !== "signed-out") end("logout", "signed-out");
      const failure = failures.logout.shift();
      if (failure) throw failure;
    },
    authFetch: async (...args) => {
      alive();
      // Without an argument it fails as `fetch` fails.
      if (!args.length) return fetch();
      const [input, { signal = input.signal, ...init } = {}] = args;
      // The signal of a simulated page is none to Node's `Request`.
      const request = new Request(input instanceof Request ? input : new URL(input, baseUrl), init);
      calls.push({ method: "authFetch", request: request.clone() });
      signal?.throwIfAborted();
      const failure = failures.authFetch.shift();
      if (failure) throw failure;
      const goesOnce = init.body instanceof ReadableStream;
      return new Promise((resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        sent(request, goesOnce).then(resolve, reject);
      });
    },
    refresh: async () => {
      alive();
      calls.push({ method: "refresh" });
      if (!isSignedIn()) throw signedOut();
      await renew();
      return state.user;
    },
    accessToken: async () => {
      alive();
      calls.push({ method: "accessToken" });
      const failure = failures.accessToken.shift();
      if (failure) throw failure;
      if (needsRenewal()) await renew();
      return isSignedIn() ? accessToken() : null;
    },
    subscribe: (listener) => {
      const own = { call: (change) => listener(change) };
      if (!disposed) listeners.add(own);
      return () => void listeners.delete(own);
    },
    getSnapshot: () => state,
    journal: () => lines.map((line) => ({ ...line })),
    dispose,
    ...(Symbol.dispose && { [Symbol.dispose]: dispose }),
    fake,
  });
}

/** A copy, as a server would get it. */
const copiedOf = (option, value) => JSON.parse(jsonOf(option, value));

const goneError = () => new AuthError("disposed", "the client has been disposed of; create a new one");

/** Where there is no page, or none on the web. */
function pageUrl() {
  const { href = "" } = globalThis.location ?? {};
  return /^https?:/.test(href) ? href : "http://localhost/";
}

/** `"/orders"`, `"POST /orders"`, `"/orders/*"`, a whole URL, or a function of the request. */
function matcher(route, baseUrl) {
  if (typeof route === "function") return route;
  const [, method, target] = /^(?:([A-Z]+) )?(.*)$/.exec(route);
  const isPrefix = target.endsWith("*");
  const { href } = new URL(isPrefix ? target.slice(0, -1) : target, baseUrl);
  return (request) => {
    const url = new URL(request.url);
    // A route without a query is for any.
    const asked = url.origin + url.pathname + (href.includes("?") ? url.search : "");
    return (!method || request.method === method) && (isPrefix ? asked.startsWith(href) : asked === href);
  };
}

function responseOf(reply) {
  if (reply instanceof Error) throw reply;
  // Each gets one of its own to read.
  if (reply instanceof Response) return reply.clone();
  if (typeof reply === "number") return new Response(null, { status: reply });
  return new Response(JSON.stringify(reply ?? null), { headers: { "Content-Type": "application/json" } });
}

/** Somebody without a name cannot be told from anybody. */
function isSameSubject(one, other) {
  const [a, b] = [one, other].map((user) => SUBJECTS.map((name) => user?.[name]).find((value) => value != null));
  return a === undefined || b === undefined || JSON.stringify(a) === JSON.stringify(b);
}

/** As it would come from the backend; what the test holds is not frozen. */
const copied = (value) => JSON.parse(JSON.stringify(value ?? null));

/** As if nobody had caught it. */
function report(error) {
  if (globalThis.reportError) globalThis.reportError(error);
  else queueMicrotask(() => { throw error; });
}
