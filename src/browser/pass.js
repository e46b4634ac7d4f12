// The way of an authFetch that the engine is not asked about. Decides, for each call, whether the pass that the engine gave in advance is good
// for it; whatever is not as usual takes the way that asks. docs/decisions/0014.

import { mayHideRefusal } from "./doubt.js";
import { FETCH_DOUBTFUL, TICK } from "./kinds.js";
import { cameBack, fetchBelow, lookAtFetch, pageFetch, through } from "./network.js";
import { TRANSPORT, callOf, isPlain, isText } from "./sending.js";
import { ownOrigin } from "./urls.js";

/** The origin of a URL or the slash of a path, where the rest holds nothing that a URL parser takes out: tabs, newlines, spaces. */
const START = /^((?:https?:\/\/[^/]+)?\/)(?![/\\])[!-~]*$/;
/** Milliseconds by which the clocks may differ from when the pass was given, or the engine has to see it. */
const DRIFT = 1_000;
const NO_FETCH = "the page's fetch leads to authFetch, and it did so before hallpass was loaded: load hallpass first";

export function passOf(shell) {
  /** Until when, how the clocks differed then, the header's value, and what the engine knows it by. */
  let pass = [0];

  /** The init to send with, whether a credential is in it, and what the engine knows the pass by; if the pass is good for the call. */
  const underPass = (init, origin) => {
    // A body that is not text may be changed or used up before it has to be sent again, as may headers of other kinds.
    if (init && !(isPlain(init) && isText(init.body ?? "") && !init[TRANSPORT])) return;
    const sent = { ...init };
    if (sent.headers !== undefined) {
      if (!(isPlain(sent.headers) || Array.isArray(sent.headers) || sent.headers instanceof Headers)) return;
      try {
        sent.headers = new Headers(sent.headers);
      } catch {
        return;
      }
    }
    const now = performance.now();
    const difference = Date.now() - now;
    const [until, clocks, credential, ...sentBy] = pass;
    if (until && Math.abs(difference - clocks) > DRIFT) {
      pass[1] = difference;
      shell.deliver(TICK, 0);
      return;
    }
    if (now >= until) return;
    if (credential) {
      if (sent.headers?.has(shell.header)) return;
      if (sent.headers) sent.headers.set(shell.header, credential);
      else sent.headers = { [shell.header]: credential };
    } else {
      // By cookie. Other methods may need a CSRF token.
      const { method = "GET", credentials = "same-origin" } = sent;
      if (method !== "GET") return;
      if (credentials === "same-origin" && origin !== `${ownOrigin()}/`) sent.credentials = "include";
    }
    return [sent, credential, sentBy];
  };

  /** What came of a call that went so. `url` is absolute: by the time of a 401 the page may have another base. */
  const end = (call, url, sent, credential, sentBy) => {
    if (call.answer) shell.seeToken(call.answer, url);
    const isDoubtful = mayHideRefusal(call, !credential, sent.headers);
    if (shell.isOver() || sent.signal?.aborted || !(isDoubtful || call.answer?.status === 401)) {
      if (call.error === undefined) return call.answer;
      throw call.error;
    }
    const init = { ...sent };
    if (credential) {
      init.headers = new Headers(sent.headers);
      init.headers.delete(shell.header);
    }
    Object.assign(call, callOf(url, url, undefined, init));
    return new Promise((resolve, reject) => {
      const id = shell.beginFetch(Object.assign(call, { resolve, reject }), false, sentBy);
      if (isDoubtful) shell.deliver(FETCH_DOUBTFUL, id);
      else shell.answered(id, call);
    });
  };

  return {
    lookAtFetch,

    /** Whatever calls with `until` 0: there is no pass. Where the app has a rule, or sends calls itself, each has to be looked at. */
    admit(...given) {
      pass = shell.rule || shell.translator?.calls ? [0] : given;
    },

    /** Nothing stands between the caller and the promise of `fetch` but what has to: it settles as early as that does. */
    authFetch(...args) {
      let [input, init] = args;
      try {
        if (cameBack(input, init)) {
          const below = fetchBelow();
          return below ? below(...args) : Promise.reject(shell.makeError("unsupported", NO_FETCH, [null, false]));
        }
        // Without an argument it fails as `fetch` fails.
        if (!args.length) return through(pageFetch(), args);
        const origin = pass[0] && isText(input) && shell.known(START.exec(input)?.[1]);
        if (origin) {
          // What is read here is not read again.
          if (isPlain(init)) init = { ...init };
          const [sent, ...by] = underPass(init, origin) ?? [];
          const url = input[0] === "/" ? origin + input.slice(1) : input;
          const going = sent && through(pageFetch(), [shell.baseUrl ? url : input, sent], sent);
          if (going) {
            if (sent.signal?.aborted) return going;
            return going.then((answer) => end({ answer }, url, sent, ...by), (error) => end({ error }, url, sent, ...by));
          }
        }
        return shell.askingFetch(input, init);
      } catch (error) {
        return Promise.reject(error);
      }
    },
  };
}
