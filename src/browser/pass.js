// The way of an authFetch that the engine is not asked about. Decides, for each call, whether the pass that the engine gave in advance is good
// for it; whatever is not as usual takes the way that asks. docs/decisions/0014.

import { mayHideRefusal } from "./doubt.js";
import { FETCH_DOUBTFUL, TICK } from "./kinds.js";
import { NO_FETCH, cameBack, fetchBelow, lookAtFetch, pageFetch, through } from "./network.js";
import { asGiven, carries, isPlain, isText, plainInit, rootIn } from "./plain.js";
import { callOf } from "./sending.js";
import { ownOrigin } from "./urls.js";

/** Milliseconds by which the clocks may differ from when the pass was given, or the engine has to see it. */
const DRIFT = 1_000;

export function passOf(shell) {
  /** Until when, how the clocks differed then, the header's value, and what the engine knows it by. */
  let pass = [0];
  /** The first that there was: what calls went by that were out before. */
  let first;

  /** The init to send with, whether a credential is in it, and what the engine knows the pass by; if the pass is good for the call. */
  const underPass = (init, origin) => {
    const sent = plainInit(init);
    if (!sent) return;
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
      if (!carries(sent, shell.header, credential)) return;
    } else {
      // By cookie. Other methods may need a CSRF token.
      const { method = "GET", credentials = "same-origin" } = sent;
      if (method !== "GET") return;
      if (credentials === "same-origin" && origin !== `${ownOrigin()}/`) sent.credentials = "include";
    }
    return [sent, credential, sentBy];
  };

  /** The headers without the credential. */
  const without = ({ headers }) => {
    const list = new Headers(headers);
    list.delete(shell.header);
    return asGiven(list, headers);
  };

  /** What came of a call that went so. `url` is absolute: by the time of a 401 the page may have another base. */
  const end = (call, url, sent, credential, sentBy) => {
    if (call.answer) shell.seeToken(call.answer, url);
    const isDoubtful = mayHideRefusal(call, !credential, sent.headers);
    if (!shell.isOver() && !sent.signal?.aborted && (isDoubtful || call.answer?.status === 401)) {
      const init = { ...sent };
      try {
        if (credential) init.headers = without(sent);
        Object.assign(call, callOf(url, url, undefined, init));
      } catch {
        // `fetch` has said so itself.
      }
    }
    if (!call.request) {
      if (call.error === undefined) return call.answer;
      throw call.error;
    }
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
      if (given[0]) first ??= given;
    },

    /**
     * What a call got that went with the stored token before there was an engine. `isSame`: it went for who is signed in now. A token
     * that was replaced meanwhile leaves another try, with the present one.
     */
    async wentEarly(call, url, sent, credential, isSame) {
      const [, , known, ...sentBy] = first ?? [];
      if (known === credential) return end(call, url, sent, credential, sentBy);
      if (call.error !== undefined) throw call.error;
      if (!isSame) return call.answer;
      return shell.askingFetch(url, { ...sent, headers: without(sent) });
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
        const origin = pass[0] && isText(input) && shell.known(rootIn(input));
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
