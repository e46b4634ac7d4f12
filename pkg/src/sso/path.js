// Decides what `return_to` of `src/sso/url.rs` does, where its module is not loaded: a backend that signs people in needs nothing else of it.

/** Where the app goes on: `wanted`, if it is a path of this page's origin, or else the start page (RFC 9700 §4.11). */
export function pathOf(wanted) {
  const { origin } = location;
  const path = wanted.startsWith(`${origin}/`) ? wanted.slice(origin.length) : wanted;
  // As the browser reads it: without what it drops, and with slashes for backslashes.
  const url = path[0] === "/" && URL.canParse(path, origin) && new URL(path, origin);
  // Two slashes in front are a host to who reads the path alone.
  const isOurs = url && url.origin === origin && !url.username && !url.pathname.startsWith("//");
  return isOurs ? url.pathname + url.search + url.hash : "/";
}
