// The shell that an app works with until the engine's own is there, and that hands everything on to it from then on. It shows and sends
// what the engine wrote down that it would; whatever else is asked of it waits for the engine, in order.

import { carries, plainInit, rootIn } from "../dist/common.js";
import { AuthError } from "./error.js";
import { listenFor } from "./heard.js";

/** As the core counts versions of the state, from 0 up, it does not come to this one. */
const EARLY = 0xffff_fffe;
/** The default of the option `timeout`, in seconds. */
const USUAL_TIMEOUT = 15;

/**
 * `stored`: see `storedState`. `open()` gives the engine's shell; it is called at once, and again at the next need if it failed.
 */
export function startingShell(stored, open, options) {
  const { token, until } = stored;
  const { scheme = "Bearer" } = options.header ?? {};
  const credential = token && [scheme, token].filter(Boolean).join(" ");
  const roots = token ? rootsOf(options) : [];
  const heard = token && listenFor(`hallpass:${options.key ?? "default"}`, stored.login);
  const listeners = new Map();
  let shell;
  let opening;
  /** The version of the engine's state as it was found, and whether that is the early one. */
  let version;
  let isSame = false;
  let isSamePerson = false;
  let isReleased = false;

  const opened = () => {
    opening ??= open().then(
      (found) => {
        takeOver(found);
        return found;
      },
      (error) => {
        opening = undefined;
        throw error;
      },
    );
    return opening;
  };

  const takeOver = (found) => {
    shell = found;
    const listed = shell.snapshot(-1);
    [version] = listed;
    const [, ...state] = explained(listed);
    isSame = isAlike(state, stored.state);
    isSamePerson = isAlike(state.slice(0, 2), stored.state.slice(0, 2));
    for (const [listener, stops] of listeners) stops.push(shell.subscribe(listener));
    if (!isSame) tell(nameOf(stored.state, state), state);
    heard?.stop();
    if (isReleased) shell.release();
  };

  const tell = (event, state) => {
    const ended = event === "signed-out" ? [null, null] : [];
    for (const listener of [...listeners.keys()]) {
      try {
        listener([event, ...state, ...ended]);
      } catch (error) {
        report(error);
      }
    }
  };

  /** The engine's shell. Nobody waits for it longer than for an answer, nor when they have given up. */
  const soon = (signal) => {
    if (shell) return Promise.resolve(shell);
    const { promise, stop } = limit(options.timeout ?? USUAL_TIMEOUT, signal);
    return Promise.race([opened(), promise]).finally(stop);
  };

  const later = (name) => async (...args) => (shell ?? (await soon()))[name](...args);

  /** The engine did not see the session that the page has shown, and cannot know why it is over. */
  const explained = (listed) => {
    const [found, status, , reason] = listed ?? [];
    if (found === version && token && status === "signed-out" && !reason) listed[3] = heard.reason();
    return listed;
  };

  const isGood = () => token !== undefined && Date.now() < until;

  const go = async (url, sent) => {
    const call = {};
    await fetch(url, sent).then((answer) => (call.answer = answer), (error) => (call.error = error));
    const mayBeRefused = call.error ? call.error instanceof TypeError : call.answer.status === 401;
    if (!mayBeRefused) return settled(call);
    // What the engine cannot be asked about is the caller's.
    const found = await soon(sent.signal).catch(() => {});
    return found ? found.wentEarly(url, sent, credential, call, isSamePerson) : settled(call);
  };

  // Nobody may ask for anything for long. What fails now is told, or tried again when there is a network.
  opened().catch((error) => {
    if (!error.retryable) report(error);
    else globalThis.addEventListener?.("online", () => opened().catch(() => {}), { once: true });
  });

  return {
    snapshot: (known) => {
      if (!shell) return known === EARLY ? undefined : [EARLY, ...stored.state];
      return explained(shell.snapshot(known === EARLY && isSame ? version : known));
    },
    claims: () => (shell ? shell.claims() : stored.claims),
    journal: () => (shell ? shell.journal() : []),
    subscribe(listener) {
      const own = (change) => listener(change);
      const stops = shell ? [shell.subscribe(own)] : [];
      listeners.set(own, stops);
      return () => {
        listeners.delete(own);
        stops.forEach((stop) => stop());
      };
    },
    login: later("login"),
    adopt: later("adopt"),
    logout: later("logout"),
    refresh: later("refresh"),
    token: async () => (!shell && isGood() ? token : (shell ?? (await soon())).token()),
    ready: later("ready"),
    get translator() {
      return shell?.translator;
    },
    async authFetch(input, init) {
      if (shell) return shell.authFetch(input, init);
      if (!token && !init?.transport) return fetch(resolved(input, options.baseUrl), init);
      const text = typeof input === "string" ? input : "";
      const root = rootIn(text);
      const origin = root === "/" ? roots[0] : root;
      const sent = isGood() && roots.includes(origin) && plainInit(init);
      if (sent && carries(sent, "Authorization", credential)) return go(text[0] === "/" ? origin + text.slice(1) : text, sent);
      // Read now, as `fetch` does: the caller may change it while the engine loads.
      const read = init && Object.getPrototypeOf(init) === Object.prototype ? { ...init } : init;
      return (await soon(init?.signal ?? input?.signal)).authFetch(input, read);
    },
    release() {
      isReleased = true;
      heard?.stop();
      listeners.clear();
      shell?.release();
    },
  };
}

/** For `fetch`, which knows of no other base than the page's. */
const resolved = (input, base) => (base && URL.canParse?.(input, base) && !(input instanceof Request) ? new URL(input, base).href : input);

/** The event by which an app learns that the engine knows better. */
function nameOf([before, user], [status, newUser]) {
  if (status !== before) return status;
  return isAlike(user, newUser) ? "refreshed" : "subject-changed";
}

const isAlike = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** How all URLs begin that get the token: first those of the base. The engine has looked at these very options before. */
function rootsOf({ baseUrl, origins = [] }) {
  const base = baseUrl ?? globalThis.location?.href;
  return [base, ...origins].map((url) => `${new URL(url).origin}/`);
}

/** A promise that does not resolve, and rejects after so many seconds, or as the signal is aborted. */
function limit(seconds, signal) {
  let reject;
  const promise = new Promise((_, no) => (reject = no));
  const abort = () => reject(signal.reason);
  const late = () => reject(new AuthError("network_error", "the engine of hallpass has not loaded in time; try again", { retryable: true }));
  const timer = setTimeout(late, seconds * 1_000);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  const stop = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { promise, stop };
}

function settled({ answer, error }) {
  if (answer) return answer;
  throw error;
}

/** As if nobody had caught it. */
function report(error) {
  if (globalThis.reportError) globalThis.reportError(error);
  else queueMicrotask(() => { throw error; });
}
