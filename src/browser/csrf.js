// Decides which of the page's CSRF tokens goes along, and what an answer says of the one that went. Here, as only here a page can be looked
// at: the engine is told whether it has another token by now.

import { isForeign, isHtml } from "./answers.js";
import { through } from "./network.js";
import { LONGEST_LOOK, SETTLES, pause } from "./time.js";

/** What servers answer to a wrong CSRF token, and what else, with words that speak of it. */
const REFUSED_TOKEN = /^(403|419)$/;
const MAY_REFUSE_TOKEN = /^(400|401|422)$/;
/** How many refused CSRF tokens are remembered. */
const MOST_REFUSED = 8;
/** What can stand in a header. */
const FITS = /^[ -~\xa0-\xff]+$/;

export function csrfOf(shell) {
  /** The last token that came in a header. */
  let seen;
  /** Tokens that were refused, one that worked, and whether good answers change it too. */
  let refused = [];
  let good;
  let isRestless;

  /** Of several, as where a parent domain has a cookie of that name too, one that has worked, or else one that was not refused. */
  const pageToken = (kind, source) => {
    const all = kind === "header" ? [seen] : pageTokens(kind, source);
    const untried = all.filter((token) => !refused.includes(token));
    const list = untried.length ? untried : all;
    return list.includes(good) ? good : list[0];
  };

  return {
    /** Sets the headers the engine chose: `[name, value]`, or `[name, undefined, kind, source]` for the page's CSRF token; and gives that. */
    setHeaders(headers, chosen) {
      let sent = [];
      for (const [name, value, kind, source] of chosen) {
        const token = kind ? pageToken(kind, source) : value;
        if (token) headers.set(name, token);
        if (kind) sent = [kind, source, token];
      }
      return sent;
    },

    /** The headers as the translator has them, which may ask for the CSRF cookie if there is none. */
    translatedHeaders(purpose, headers, include, login) {
      return shell.translator?.headers(purpose, headers, include, login, pageToken, shell.sendOwn, through);
    },

    seeToken(response, url) {
      const token = shell.tokenHeader && !isForeign(response, url) && response.headers.get(shell.tokenHeader);
      if (token) seen = token;
    },

    /** Whether the page has another CSRF token by now than the one that was sent, and whether the answer says that it refuses that. */
    async judgeToken(response, [kind, source, token], purpose, text, login) {
      const { status, ok } = response;
      const speaks = MAY_REFUSE_TOKEN.test(status);
      // The core has looked at other texts. Who looks at the rest is loaded with the first answer that may need it.
      const isRead = speaks && (text === undefined || isHtml(response));
      const look = () => shell.loadTranslator?.().then((loaded) => loaded.refuses(purpose, response, text, login, speaks)).catch(() => {});
      const isRefused = status >= 400 && (isRead || shell.translator) && (await Promise.race([look(), pause(LONGEST_LOOK)]));
      const isSure = isRefused || REFUSED_TOKEN.test(status);
      if (!kind) return [false, isRefused];
      if (token && (isSure || ok)) {
        refused = refused.filter((one) => one !== token);
        if (ok) good = token;
        else refused = [token, ...refused.slice(0, MOST_REFUSED)];
      }
      const differs = () => ![undefined, token, ...refused].includes(pageToken(kind, source));
      // WebKit shows a page the cookies of an answer a moment after it: here perhaps the right token.
      if (isSure && !differs()) await pause(SETTLES);
      const moved = differs();
      isRestless ||= ok && moved;
      // Of a token that is another after each answer that says nothing.
      return [moved && (isSure || !isRestless), isRefused];
    },
  };
}

/** The CSRF tokens of the page: what there is under that name, and can stand in a header. */
export function pageTokens(kind, name) {
  const page = globalThis.document;
  try {
    const values =
      kind === "meta"
        ? [...page.getElementsByName(name)].map(({ content, value }) => content ?? value ?? "")
        : page.cookie.split("; ").filter((cookie) => cookie.startsWith(`${name}=`)).map((cookie) => cookieValue(cookie.slice(name.length + 1)));
    return values.filter((value) => FITS.test(value));
  } catch {
    return []; // no page, no such element, or cookies that must not be looked at
  }
}

/** Some stand in quotes (RFC 6265 §4.1.1). Many are percent-encoded; servers expect the header decoded. */
function cookieValue(text) {
  const value = text.replace(/^"(.*)"$/, "$1");
  try {
    const decoded = decodeURIComponent(value);
    return FITS.test(decoded) ? decoded : value;
  } catch {
    return value;
  }
}
