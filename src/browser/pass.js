// The way of an authFetch that the engine is not asked about. Decides, for each call, whether the pass that the engine gave in advance is good
// for it; whatever is not as usual takes the way that asks. docs/decisions/0014.

import { mayHideRefusal } from "./doubt.js";
import { FETCH_DOUBTFUL, TICK } from "./kinds.js";
import { carries, isPlain, isText, plainInit, rootIn } from "./plain.js";

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
      if (credentials === "same-origin" && origin !== `${globalThis.location?.origin}/`) sent.credentials = "include";
    }
    return [sent, credential, sentBy];
  };

  const go = async (url, sent, credential, sentBy) => {
    const call = {};
    await fetch(url, sent).then((answer) => (call.answer = answer), (error) => (call.error = error));
    if (call.answer) shell.seeToken(call.answer, url);
    return looked(url, sent, credential, sentBy, call);
  };

  /** The answer to a call that is out already, or what the engine makes of it. */
  const looked = (url, sent, credential, sentBy, call) => {
    const isDoubtful = mayHideRefusal(call, !credential, sent.headers);
    if (shell.isOver() || sent.signal?.aborted || !(isDoubtful || call.answer?.status === 401)) {
      if (call.answer) return call.answer;
      throw call.error;
    }
    const request = new Request(url, sent);
    if (credential) request.headers.delete(shell.header);
    return new Promise((resolve, reject) => {
      const id = shell.beginFetch(Object.assign(call, { resolve, reject, request }), false, sent.body, false, sentBy);
      if (isDoubtful) shell.deliver(FETCH_DOUBTFUL, id);
      else shell.answered(id, call.answer, request);
    });
  };

  return {
    /** Whatever calls with `until` 0: there is no pass. Where the app has a rule, or sends calls itself, each has to be looked at. */
    admit(...given) {
      pass = shell.rule || shell.translator?.calls ? [0] : given;
      if (given[0]) first ??= given;
    },

    /**
     * What a call got that went with the stored token before there was an engine. `isSame`: it went for who is signed in now. A token
     * that was replaced meanwhile leaves another try, with the present one.
     */
    async wentEarly(url, sent, credential, call, isSame) {
      const [, , known, ...sentBy] = first ?? [];
      if (known === credential) return looked(url, sent, credential, sentBy, call);
      if (call.answer && isSame) {
        const headers = new Headers(sent.headers);
        headers.delete(shell.header);
        return shell.askingFetch(url, { ...sent, headers });
      }
      if (call.answer) return call.answer;
      throw call.error;
    },

    async authFetch(input, init) {
      const origin = pass[0] && isText(input) && shell.known(rootIn(input));
      if (origin) {
        // What is read here is not read again.
        if (isPlain(init)) init = { ...init };
        const sent = underPass(init, origin);
        // Absolute: by the time of a 401 the page may have another base.
        if (sent) return go(input[0] === "/" ? origin + input.slice(1) : input, ...sent);
      }
      return shell.askingFetch(input, init);
    },
  };
}
