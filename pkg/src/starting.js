// The shell that an app works with until the engine's own is there, and that hands everything on to it from then on. It shows and sends
// what the engine wrote down that it would; whatever else is asked of it waits for the engine, in order.

import {
  NO_FETCH, TRANSPORT, cameBack, carries, fetchBelow, isPlain, isText, lookAtFetch, pageFetch, plainInit, report, rootIn, through,
} from "../dist/common.js";
import { AuthError, disposed } from "./error.js";
import { listenFor } from "./heard.js";
import { inTime, unlessAborted } from "./wait.js";

/** As the core counts versions of the state, from 0 up, it does not come to this one. */
const EARLY = 0xffff_fffe;
/** The default of the option `timeout`, in seconds. */
const USUAL_TIMEOUT = 15;

/** Settles when a client that was disposed of before its engine was there has left that one: until then its key is in use. */
export let leaving;

/**
 * `stored`: see `storedState`. `open()` gives the engine's shell; it is called at once, and again at the next need if it failed.
 */
export function startingShell(stored, open, options) {
  const { token } = stored;
  let { until } = stored;
  const { scheme = "Bearer" } = options.header ?? {};
  const credential = token && [scheme, token].filter(Boolean).join(" ");
  const roots = token ? rootsOf(options) : [];
  const heard = token && listenFor(`hallpass:${options.key ?? "default"}`, stored.login);
  const listeners = new Map();
  // All wait in the same way, with a signal of the caller's or without: none overtakes another.
  const never = new AbortController().signal;
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
  const soon = (signal = never) => {
    const late = () => new AuthError("network_error", "the engine has not loaded in time", { retryable: true });
    return unlessAborted(signal, inTime(opened(), (options.timeout ?? USUAL_TIMEOUT) * 1_000, late)).then(alive);
  };

  const alive = (found) => {
    if (isReleased) throw disposed();
    return found;
  };

  /** `place`: of the caller's signal. */
  const later = (name, place) => async (...args) => (shell ?? (await soon(args[place])))[name](...args);

  /** The engine did not see the session that the page has shown, and cannot know why it is over. */
  const explained = (listed) => {
    const [found, status, , reason] = listed ?? [];
    if (found === version && token && status === "signed-out" && !reason) listed[3] = heard.reason();
    return listed;
  };

  const isGood = () => token !== undefined && Date.now() < until;

  /** The init to send a call with that the pass is good for, and its URL. */
  const byPass = (input, init) => {
    const root = isGood() && isText(input) && rootIn(input);
    // As `fetch` resolves it: a page may have a base of another origin.
    const origin = root === "/" ? rootOf(options.baseUrl ?? document.baseURI) : root;
    const sent = roots.includes(origin) && plainInit(init);
    if (!sent || !carries(sent, "Authorization", credential)) return [];
    return [sent, input[0] === "/" ? origin + input.slice(1) : input];
  };

  /** What a call got that went so: the caller's, unless the engine has another way. */
  const end = async (call, url, sent) => {
    const mayBeRefused = call.error === undefined ? call.answer.status === 401 : call.error instanceof TypeError;
    const found = mayBeRefused && (await soon(sent.signal).catch(() => {}));
    if (found) return found.wentEarly(call, url, sent, credential, isSamePerson);
    if (call.error === undefined) return call.answer;
    throw call.error;
  };

  /** It waits for the engine. The arguments are read now, as `fetch` does: the caller may change them meanwhile. */
  const wait = async (input, init) => {
    const read = isPlain(init) ? { ...init, ...(init.headers && { headers: new Headers(init.headers) }) } : init;
    const target = isText(input?.url) ? input : `${input}`;
    return (await soon(init?.signal ?? input?.signal)).authFetch(target, read);
  };

  // Nobody waits for it yet. What fails now is told, or tried again when there is a network.
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
    login: later("login", 3),
    adopt: later("adopt"),
    logout() {
      // What is called from here on is called by nobody.
      until = 0;
      return later("logout")();
    },
    refresh: later("refresh"),
    token: async () => (shell || !isGood() ? later("token")() : token),
    ready: later("ready"),
    get translator() {
      return shell?.translator;
    },
    lookAtFetch,
    authFetch(...args) {
      if (shell) return shell.authFetch(...args);
      const [input, init] = args;
      if (cameBack(input, init)) {
        const below = fetchBelow();
        return below ? below(...args) : Promise.reject(new AuthError("unsupported", NO_FETCH));
      }
      const [sent, url] = byPass(input, init);
      if (sent) {
        const going = through(pageFetch(), [options.baseUrl ? url : input, sent], sent);
        return going.then((answer) => end({ answer }, url, sent), (error) => end({ error }, url, sent));
      }
      const isPlainly = !token && !init?.[TRANSPORT] && !(options.baseUrl && args.length);
      return isPlainly ? through(pageFetch(), args) : wait(input, init);
    },
    release() {
      isReleased = true;
      heard?.stop();
      listeners.clear();
      if (shell) shell.release();
      else leaving = opening?.catch(() => {});
    },
  };
}

/** The event by which an app learns that the engine knows better. */
function nameOf([before, user], [status, newUser]) {
  if (status !== before) return status;
  return isAlike(user, newUser) ? "refreshed" : "subject-changed";
}

const isAlike = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** How all URLs begin that get the token: first those of the base. The engine has looked at these very options before. */
function rootsOf({ baseUrl, origins = [] }) {
  const base = baseUrl ?? globalThis.location?.href;
  return [base, ...origins].map(rootOf);
}

const rootOf = (url) => `${new URL(url).origin}/`;
