// Which URLs get the credential, as the engine says, and against which base they are resolved.

import { LISTS } from "./kinds.js";
import { pageUrl, parse, rootOf } from "./urls.js";

export function siteOf(shell) {
  /** Listed origins that calls went to, each with a slash behind it. */
  const roots = [];
  /** The page's base URL when it was last looked at, and its origin. */
  let page = [];

  return {
    base: () => shell.baseUrl ?? globalThis.document?.baseURI ?? pageUrl(),

    lists(url) {
      const lists = shell.deliver(LISTS, 0, [url.protocol, url.origin]);
      const root = rootOf(url);
      if (lists && root && !roots.includes(root)) roots.push(root);
      return lists;
    },

    /** The origin with a slash, or that of the page for a slash, if a call went there already. */
    known(origin) {
      if (origin === "/") {
        const base = shell.base();
        if (page[0] !== base) page = [base, rootOf(parse(base))];
        origin = page[1];
      }
      return roots.includes(origin) && origin;
    },
  };
}
