// Names of headers that browsers keep to themselves. Loaded where an option names a header that is not one of the usual.

/** Fetch, "forbidden request-header". */
const FORBIDDEN = new RegExp(
  `^(${[
    "accept-charset",
    "accept-encoding",
    "access-control-request-(headers|method|private-network)",
    "connection",
    "content-length",
    "cookie2?",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "(proxy|sec)-.*",
  ].join("|")})$`,
  "i",
);
/** Fetch, "forbidden response-header name". */
const UNREADABLE = /^set-cookie2?$/i;

/**
 * Looks at the headers that options name.
 *
 * @throws {AuthError} `config_invalid`, for the first that a browser would drop without a word.
 */
export function checkHeaders({ header, csrf, refreshToken }, AuthError) {
  const check = (option, name, forbidden, whose) => {
    if (!forbidden.test(name)) return;
    throw new AuthError("config_invalid", `option ${option}: is "${name}", a header that browsers ${whose} (Fetch); use another`, { option });
  };
  const sent = (option, name) => check(option, name, FORBIDDEN, "let no script set");
  sent("header.name", header?.name);
  sent("csrf.header", csrf?.header);
  if (refreshToken?.in === "header") sent("refreshToken.name", refreshToken.name);
  check("csrf.responseHeader", csrf?.responseHeader, UNREADABLE, "show to no script");
}
