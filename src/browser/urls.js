// URLs, as the browser's own parser has them.

export function parse(text, base) {
  try {
    return new URL(text, base);
  } catch {
    return undefined; // `fetch` will say so itself
  }
}

/** Of a URL: protocol, origin, hostname, user name, password, href. */
export function urlParts(text, base) {
  const url = parse(text, base);
  return url && [url.protocol, url.origin, url.hostname, url.username, url.password, url.href];
}

/** The page's own URL, where there is a page. A frame of `about:` has that of the page that made it. */
export function pageUrl() {
  const { location, document } = globalThis;
  return location?.protocol === "about:" ? document?.baseURI : location?.href;
}

/** That of the page, which need not be that of its URL: of a frame in a sandbox it is `null`, of one of `about:` that of the page around it. */
export const ownOrigin = () => globalThis.origin ?? globalThis.location?.origin;

export const originOf = (url) => new URL(url).origin;

/** How all URLs of its origin begin, if it begins so itself: not with a user name, and not one of `blob:`. */
export const rootOf = (url) => url?.href.startsWith(`${url.origin}/`) && `${url.origin}/`;
