// The way of an authFetch that the engine is asked about.

import { cancel, isForeign } from "./answers.js";
import { mayHideRefusal } from "./doubt.js";
import { FETCH, FETCH_ANSWERED, FETCH_DOUBTFUL, GONE } from "./kinds.js";
import { pageFetch, through } from "./network.js";
import { TRANSPORT, isPlain } from "./plain.js";
import { report } from "./report.js";
import { callOf, changesTo, isRequest, sendCall } from "./sending.js";
import { LONGEST_LOOK, pause } from "./time.js";
import { parse } from "./urls.js";

/** RFC 9110 §9.2.1. */
const SAFE = /^(GET|HEAD|OPTIONS|TRACE)$/;

export function fetchingOf(shell) {
  const answered = (id, call, said, moved, refused) => {
    const { answer, request } = call;
    shell.challenge = answer.headers.get("WWW-Authenticate");
    shell.deliver(FETCH_ANSWERED, id, [answer.status, isForeign(answer, request.url), said, moved, shell.challenge, refused]);
  };

  /** The app's own rule. One that throws, or reads a body that does not end, has said nothing. */
  const ask = async (response) => {
    try {
      const said = shell.rule?.(response);
      if (said?.then) return await Promise.race([said.then(Boolean), pause(LONGEST_LOOK)]);
      return shell.rule && Boolean(said);
    } catch (error) {
      report(error);
    }
  };

  /** Tells the engine of the answer, or that there is none, if it is to know. */
  const judge = async (id, call, include, headers, sent) => {
    const { answer, error } = call;
    if (answer) shell.seeToken(answer, call.request.url);
    if (!error || !call.signal.aborted) {
      if (mayHideRefusal(call, include, call.request.headers)) return shell.deliver(FETCH_DOUBTFUL, id);
      if (answer) {
        const said = await ask(answer);
        // By cookie, an unsafe call has no other header than that of the CSRF token.
        const judged = include && headers.length ? await shell.judgeToken(answer, sent, "call") : [];
        if (!shell.isOver()) return answered(id, call, said, ...judged);
      }
    }
    shell.giveBack(id);
  };

  return {
    answered,

    /** Reads the arguments now, as `fetch` does. */
    askingFetch(input, init) {
      const given = isRequest(input) ? input : undefined;
      let target = input;
      let call;
      try {
        if (!given) target = `${input}`;
        const url = parse(given?.url ?? target, shell.base());
        if (!given && url && shell.baseUrl) target = url.href;
        if (url && shell.lists(url)) call = callOf(target, url.href, given, init);
      } catch {
        // `fetch` fails in its own words.
      }
      if (!call || call.request.signal.aborted) {
        const send = init?.[TRANSPORT] ?? pageFetch();
        // Known again if it comes back. The app's own may be used for another call.
        const copy = isPlain(init) && { ...init };
        return copy ? through(send, [target, copy], copy) : through(send, [target, init]);
      }
      return new Promise((resolve, reject) => {
        shell.beginFetch(Object.assign(call, { resolve, reject }), call.request.headers.has(shell.header));
      });
    },

    /** Tells the engine of a call. `sentBy`: the pass that it has gone by. */
    beginFetch(call, hasOwn, sentBy = []) {
      const { method, signal } = call.request;
      const id = shell.openCall(call, signal);
      shell.deliver(FETCH, id, [SAFE.test(method), hasOwn, call.body, ...sentBy]);
      return id;
    },

    /** Lets the request of an authFetch go. `watch`: the engine is to know of the answer. `keep`: it may have to go again. */
    async dispatch(id, headers, include, refuseRedirects, watch, keep) {
      const call = shell.callOf(id);
      if (!call) return;
      let sent;
      try {
        const translated = shell.translatedHeaders("call", headers, include);
        if (translated) await translated;
        if (!shell.callOf(id)) return;
        const isReplay = call.answer;
        cancel(call.answer);
        call.answer = call.error = undefined;
        const { request, init } = call;
        // To Chromium an answer is out until the next task after its end, and keepalive bodies share 64 KiB.
        if (isReplay && request.keepalive) await pause(0);
        // Without a body, a request can be sent as often as one likes.
        if (keep && call.body && !init) call.request = request.clone();
        const own = headers.length ? new Headers(init?.headers ?? request.headers) : undefined;
        sent = own && shell.setHeaders(own, headers);
        call.isOut = true;
        call.answer = await sendCall({ ...call, request }, own, changesTo(request, include, refuseRedirects, isReplay), shell.translator?.calls, shell.base());
      } catch (error) {
        call.error = error;
      }
      call.isOut = false;
      if (!shell.callOf(id)) return cancel(call.answer);
      try {
        if (watch && !shell.isOver()) await judge(id, call, include, headers, sent);
        else shell.settleAnswer(id);
      } catch {
        // Not what a `Response` is: that is between who sent it and the caller.
        shell.giveBack(id);
      }
    },

    /** The call is over: what it got is its caller's. */
    giveBack(id) {
      if (shell.callOf(id)) shell.deliver(GONE, id);
      shell.settleAnswer(id);
    },
  };
}
