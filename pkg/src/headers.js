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
export function checkHeaders(options, configError) {
  const check = (option, name, forbidden, whose) => {
    if (!forbidden.test(name)) return;
    throw configError(option, `is "${name}", a header that browsers ${whose} (Fetch); use another`);
  };
  const sent = (option, name) => check(option, name, FORBIDDEN, "let no script set");
  const table = (option, headers) => {
    // A function tells its names when it is called.
    if (typeof headers === "object") for (const name of Object.keys(headers)) sent(option, name);
  };
  const { header, headers, csrf, refreshToken, endpoints = {} } = options;
  sent("header.name", header?.name);
  table("headers", headers);
  sent("csrf.header", csrf?.header);
  check("csrf.responseHeader", csrf?.responseHeader, UNREADABLE, "show to no script");
  if (refreshToken?.in === "header") sent("refreshToken.name", refreshToken.name);
  for (const [kind, contract] of Object.entries(endpoints)) {
    table(`endpoints.${kind}.headers`, contract?.headers);
    sent(`endpoints.${kind}.csrf`, contract?.csrf?.header);
    for (const place of [contract?.credential].flat()) if (place?.in !== "body") sent(`endpoints.${kind}.credential`, place?.name);
  }
}
