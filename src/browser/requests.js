// The engine's own requests.

import { date, isHtml } from "./answers.js";
import { ANSWERED } from "./kinds.js";
import { fetchBelow, pageFetch, through } from "./network.js";

/** What they are for, by number. */
// By `cargo xtask table`: purposes.
const PURPOSES = ["login", "logout", "refresh", "me", "csrf"];
// End of the table.
/** What one does at a redirect, by number. One that is the answer has no status of its own: it is opaque. */
// By `cargo xtask table`: redirects.
const REDIRECTS = ["error", "follow", "manual"];
// End of the table.
/** A longer answer is none of what the engine asks for. */
const LONGEST_BODY = 1_048_576;
/** Milliseconds within which a browser refuses a request that it does not send. */
const AT_ONCE = 100;

export function requestsOf(shell) {
  const controllers = new Map();

  const sendOwn = async (url, init, controller = {}) => {
    const begin = performance.now();
    const send = (init) => {
      const now = pageFetch();
      try {
        return through(now, [url, init], init, init.signal);
      } catch (error) {
        // No fetch throws: one that does calls a client that is still being made.
        const other = fetchBelow(now);
        if (!other) throw error;
        return other(url, init);
      }
    };
    try {
      return await send(init);
    } catch (error) {
      // All keepalive requests of a page share 64 KiB of bodies. Whoever has used them up, this one matters more.
      if (!init.keepalive || init.signal.aborted || performance.now() - begin > AT_ONCE) throw error;
      controller.comesLate = init.credentials === "include";
      return send({ ...init, keepalive: false });
    }
  };

  return {
    sendOwn,

    async send(id, purpose, method, url, headers, body, mediaType, include, keepalive, redirects, bringsToken, access, refresh) {
      const controller = new AbortController();
      controller.comesLate = include && !keepalive;
      controllers.set(id, controller);
      let answer;
      try {
        if (bringsToken) await shell.guard?.ready();
        const list = new Headers({ Accept: "application/json" });
        const kind = PURPOSES[purpose];
        const login = purpose ? undefined : shell.signingIn;
        const { translator } = shell;
        if (login?.form && !translator) body = login.form;
        else if (mediaType) list.set("Content-Type", mediaType);
        const translated = shell.translatedHeaders(kind, headers, include, login);
        const sent = shell.setHeaders(list, translated ? await translated : headers);
        const init = {
          method,
          // A table: whatever stands in the place of `fetch` knows it.
          headers: Object.fromEntries(list),
          body,
          credentials: include ? "include" : "same-origin",
          redirect: REDIRECTS[redirects],
          keepalive,
          cache: "no-store",
          signal: controller.signal,
        };
        const ask = (url, init) => sendOwn(url, init, controller);
        const early = shell.asked?.take(url, init);
        const response = await (early ?? (translator ? translator.send(kind, url, init, { access, refresh }, login, ask, through) : ask(url, init)));
        shell.seeToken(response, url);
        const header = (name) => response.headers.get(name) ?? undefined;
        const tooLong = header("Content-Length") > LONGEST_BODY;
        const text = tooLong ? "" : await response.text();
        const retryAfter = header("Retry-After");
        const [moved, refused] = await shell.judgeToken(response, sent, kind, text, login);
        // A redirect that led to a page is one to a login page, unless that says that it is about the server.
        const isSentOn = !response.status || (response.redirected && response.status < 500 && isHtml(response));
        answer = [
          isSentOn ? 302 : response.status, isHtml(response), early ? undefined : date(header("Date")), retryAfter, date(retryAfter), moved, text, , , refused,
        ];
        await translator?.read(kind, response, answer, login);
        // As of a path that leads nowhere, where the app's own rule says nothing of it.
        if (!answer[8] && /^(404|405|501|2..\s*<)/.test(answer[0] + text)) shell.wrongPath?.(kind, method, url, answer, login);
      } catch (error) {
        // Offline, DNS, TLS, CORS, redirect, closed connection: the browser does not tell which.
        answer = shell.translator?.blame(error);
      }
      controllers.delete(id);
      shell.deliver(ANSWERED, id, answer);
    },

    cancel: (id) => controllers.get(id)?.abort(),

    /** The lock was lost: a cookie that came late would take the place of the one that another tab got meanwhile. */
    cancelLate: () => controllers.forEach((controller) => controller.comesLate && controller.abort()),
  };
}
