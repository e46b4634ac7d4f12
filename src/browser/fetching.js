// The way of an authFetch that the engine is asked about.

import { cancel, isForeign } from "./answers.js";
import { mayHideRefusal } from "./doubt.js";
import { EMPTY, FETCH, FETCH_ANSWERED, FETCH_DOUBTFUL, GONE, ONCE, REPEATABLE } from "./kinds.js";
import { report } from "./listeners.js";
import { LONGEST_LOOK, pause } from "./time.js";
import { originOf, parse } from "./urls.js";

/** RFC 9110 §9.2.1. */
const SAFE = /^(GET|HEAD|OPTIONS|TRACE)$/;

export function fetchingOf(shell) {
  const answered = (id, answer, request, said, moved, refused) => {
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

  return {
    /** Reads the arguments now, as `fetch` does. */
    async askingFetch(input, init) {
      const given = input instanceof Request;
      let target = input;
      let transport;
      let request;
      try {
        transport = init?.transport;
        if (!given) target = `${input}`;
        const url = parse(given ? input.url : target, shell.base());
        if (!given && url && shell.baseUrl) target = url.href;
        if (url && shell.lists(url)) request = new Request(target, init);
      } catch {
        // `fetch` fails in its own words.
      }
      if (!request) return (transport ?? fetch)(target, init);
      if (request.signal.aborted) return fetch(request);
      return new Promise((resolve, reject) => {
        shell.beginFetch({ resolve, reject, request, transport }, given, init?.body, request.headers.has(shell.header));
      });
    },

    /** Tells the engine of a call. `sentBy`: the pass that it has gone by. */
    beginFetch(call, isRequest, body, own, sentBy = []) {
      const { request } = call;
      call.body = bodyKind(request.method, isRequest, body);
      const id = shell.openCall(call, request.signal);
      shell.deliver(FETCH, id, [SAFE.test(request.method), own, call.body, ...sentBy]);
      return id;
    },

    /** Lets the request of an authFetch go. `keep`: it may have to go again. */
    async dispatch(id, headers, include, refuseRedirects, watch, keep) {
      const call = shell.callOf(id);
      if (!call) return;
      let response;
      let sent;
      try {
        const translated = shell.translatedHeaders("call", headers, include);
        if (translated) await translated;
        if (!shell.callOf(id)) return;
        const isReplay = call.answer;
        cancel(call.answer);
        call.answer = undefined;
        let { request } = call;
        // To Chromium an answer is out until the next task after its end, and keepalive bodies share 64 KiB.
        if (isReplay && request.keepalive) await pause(0);
        // Without a body, a request can be sent as often as one likes.
        if (keep && call.body) call.request = request.clone();
        request = adapted(request, include, refuseRedirects, isReplay);
        sent = shell.setHeaders(request.headers, headers);
        call.isOut = true;
        response = await (call.transport ?? shell.translator?.calls ?? fetch)(request);
        call.isOut = false;
      } catch (error) {
        call.isOut = false;
        call.error = error;
        if (watch && !call.signal.aborted && mayHideRefusal(call, include, call.request.headers)) {
          shell.deliver(FETCH_DOUBTFUL, id);
        } else if (shell.closeCall(id)) {
          shell.deliver(GONE, id);
          call.reject(error);
        }
        return;
      }
      if (!shell.callOf(id)) {
        cancel(response);
        return;
      }
      call.answer = response;
      shell.seeToken(response, call.request.url);
      if (!watch) {
        shell.settleAnswer(id);
        return;
      }
      if (mayHideRefusal(call, include, call.request.headers)) {
        shell.deliver(FETCH_DOUBTFUL, id);
        return;
      }
      const said = await ask(response);
      // By cookie, an unsafe call has no other header than that of the CSRF token.
      const judged = include && headers.length ? await shell.judgeToken(response, sent, "call") : [];
      answered(id, response, call.request, said, ...judged);
    },

    answered,
  };
}

/** With other `credentials`, `redirect` and `cache`, where the caller has not chosen them and it makes a difference. */
function adapted(request, include, refuseRedirects, isReplay) {
  const init = {};
  const sameOrigin = originOf(request.url) === globalThis.location?.origin;
  if (include && !sameOrigin && request.credentials === "same-origin") init.credentials = "include";
  if (refuseRedirects && request.redirect === "follow") init.redirect = "error";
  // The answer that was refused may be in the cache.
  if (isReplay && request.cache === "default") init.cache = "reload";
  if (!Object.keys(init).length) return request;
  // A new request forgets its referrer unless told, in Firefox keepalive too.
  const { referrer, referrerPolicy, keepalive } = request;
  return new Request(request, { ...init, referrer, referrerPolicy, keepalive });
}

/** Whether a body can be sent again. A `Request` is asked by its method: not every browser shows its body. */
function bodyKind(method, isRequest, body) {
  if (body == null) return isRequest && method !== "GET" && method !== "HEAD" ? REPEATABLE : EMPTY;
  return globalThis.ReadableStream && body instanceof ReadableStream ? ONCE : REPEATABLE;
}
