// The words for an option that is wrong. Loaded when there is one.

/** Of the core, by number. */
// By `cargo xtask table`: faults.
const FAULTS = [
  "must have 1 to 128 bytes",
  "is in use by a client with other options; dispose of that one, or give this one a key of its own",
  'is absent; mode "session" asks it who is signed in',
  'is absent; mode "hybrid" gets every access token from it',
  "is not a field name (RFC 9110 §5.1)",
  "is not a scheme (RFC 9110 §11.1)",
  "is missing; there is no page to take it from",
  "is missing, and the page has no http or https origin to take it from",
  "must be an absolute http: or https: URL",
  "is plain http on another machine, where anyone on the way reads the token; use https, or list the origin in insecureOrigins",
  'must hold origins only: scheme, host and perhaps port, as in "https://api.example.com", each by its full name and without wildcards',
  "is not a URL",
  "is on an origin that is neither that of baseUrl nor in origins",
  'must be "cookie" in the modes "session" and "hybrid"',
  "is empty",
  "must be seconds, not negative (timeout: at least 0.1) and at most 86400",
  "must not hold a user name or password",
  'is "me", and there is no endpoints.me to ask',
];
// End of the table.

const ANOTHER_COPY =
  "is in use by another copy of hallpass in this page; install one version and have the bundler deduplicate it (Vite: resolve.dedupe), dispose of that client, or give this one a key of its own";

/** What an option may be of which the kind says too little. */
const ALLOWED = {
  options: "an object with at least mode",
  fetch: "a function",
  // By `cargo xtask table`: allowed.
  baseUrl: "a string",
  "endpoints.login": "a string, an object, or false",
  "endpoints.logout": "a string, an object, or false",
  "endpoints.refresh": "a string, an object, or false",
  "endpoints.me": "a string, an object, or false",
  "fields.accessToken": "a string, or an array of strings",
  "fields.refreshToken": "a string, or an array of strings",
  "fields.expiresIn": "a string, or an array of strings",
  "fields.expiresInMs": "a string, or an array of strings",
  "fields.expiresAt": "a string, or an array of strings",
  "fields.user": "a string, or an array of strings",
  "fields.subject": "a string, or an array of strings",
  "fields.code": "a string, or an array of strings",
  "fields.message": "a string, or an array of strings",
  headers: "an object of strings, or a function that gives one",
  origins: "an array of strings",
  insecureOrigins: "an array of strings",
  "refreshToken.params": "an object of strings",
  "csrf.field": "a string, or an array of strings",
  "csrf.value": "a string of visible ASCII, as it goes in a header",
  "csrf.refused": "an array of statuses and codes",
  storage: '"memory", "session", "local", "sealed", or an object with the methods get, set and remove',
  leeway: "a number of seconds",
  timeout: "a number of seconds",
  params: "an object of strings",
  credential: '"none", "access", "refresh", or an object { token: "access" | "refresh", in: "header" | "body", name, scheme }, or an array of these',
  refused: "an array of statuses and codes",
  // End of the table.
};

/** `kind`: a `typeof`, or the words there are; of a table there is none. */
function allowed(option, kind) {
  // Of one login.
  if (option === "endpoint") return ALLOWED["endpoints.login"];
  const names = option.split(".").slice(-2);
  if (Array.isArray(kind)) return kind.map((word) => `"${word}"`).join(" or ");
  return ALLOWED[names.join(".")] ?? ALLOWED[names.at(-1)] ?? (typeof kind === "string" ? `a ${kind}` : "an object");
}

/**
 * What is wrong with `option`: a fault of the core, by number; `true` for a key that another copy of the package has; a member of
 * it that there is not, and those that there are; a list of words of which it needs one; or else its value, which is not of its kind.
 */
export function wordsOf(option, fault, value, kind) {
  if (typeof fault === "number") return FAULTS[fault];
  if (option === "key" && fault) return ANOTHER_COPY;
  if (typeof fault === "string") return `has no member "${fault}"; there are: ${value.join(", ")}`;
  if (/(^|\.)csrf$/.test(option) && fault) return `must have exactly one of ${fault.join(", ")}, or be false`;
  if (fault) return `is missing; must be ${allowed(option, fault)}`;
  // The value itself is not shown: it may be a secret in the wrong place.
  const given = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const article = given === "null" || given === "undefined" ? "" : /^[aeiou]/.test(given) ? "an " : "a ";
  return `is ${article}${given}; must be ${allowed(option, kind)}`;
}
