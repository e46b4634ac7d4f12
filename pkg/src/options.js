import { AuthError } from "./error.js";

// What each option may be. `Options::check` in the core looks at the values; here it is only their kind.

const text = (value) => typeof value === "string" || "a string";
const number = (value) => typeof value === "number" || "a number of seconds";
const truth = (value) => typeof value === "boolean" || "a boolean";
const texts = (value) =>
  (Array.isArray(value) && value.every((item) => typeof item === "string")) || "an array of strings";
const table = (value) =>
  (isObject(value) && Object.values(value).every((item) => typeof item === "string")) || "an object of strings";
const rule = (value) => typeof value === "function" || "a function";
const url = (value) => value instanceof URL || text(value);
const endpoint = (value) => value === false || text(value) === true || "a string, or false";
const one = (words) => (value) => words.includes(value) || words.map((word) => `"${word}"`).join(" or ");
const storage = (value) =>
  STORAGES.includes(value) ||
  isStore(value) ||
  '"memory", "session", "local", or an object with the methods get, set and remove';

const MODES = ["session", "jwt", "hybrid"];
const STORAGES = ["memory", "session", "local"];
const TRANSPORTS = ["json", "form", "cookie", "header"];
const CSRF_SOURCES = ["cookie", "endpoint", "meta"];

const KINDS = {
  mode: one(MODES),
  key: text,
  baseUrl: url,
  endpoints: { login: endpoint, logout: endpoint, refresh: endpoint, me: endpoint },
  origins: texts,
  insecureOrigins: texts,
  storage,
  fields: { accessToken: text, refreshToken: text, expiresIn: text, expiresAt: text, user: text },
  refreshToken: { in: one(TRANSPORTS), name: text, params: table },
  header: { name: text, scheme: text },
  csrf: { cookie: text, endpoint: text, meta: text, field: text, header: text },
  leeway: number,
  timeout: number,
  timedRefresh: truth,
  idempotencyKey: truth,
  shareAcrossTabs: truth,
  isSignedOut: rule,
};

/** The options by position, as `Options::from_list` in the core reads them: words as their place in the lists above. */
export function listed(options) {
  const given = { ...checked("options", options, KINDS) };
  if (given.mode === undefined) fail("mode", `is missing; must be ${KINDS.mode()}`);
  const { endpoints = {}, fields = {}, refreshToken, header = {} } = given;
  if (refreshToken && !refreshToken.in) fail("refreshToken.in", `is missing; must be ${KINDS.refreshToken.in()}`);
  const csrf = given.csrf || {};
  const sources = CSRF_SOURCES.filter((name) => csrf[name] !== undefined);
  if (given.csrf && sources.length !== 1) fail("csrf", "must have exactly one of cookie, endpoint and meta, or be false");
  return JSON.stringify([
    MODES.indexOf(given.mode),
    given.key,
    given.baseUrl,
    endpoints.login,
    endpoints.logout,
    endpoints.refresh,
    endpoints.me,
    given.origins,
    given.insecureOrigins,
    isStore(given.storage) ? 3 : place(STORAGES, given.storage),
    fields.accessToken,
    fields.refreshToken,
    fields.expiresIn,
    fields.expiresAt,
    fields.user,
    place(TRANSPORTS, refreshToken?.in),
    refreshToken?.name,
    Object.entries(refreshToken?.params ?? {}).flat(),
    header.name,
    header.scheme,
    given.csrf === false ? false : place(CSRF_SOURCES, sources[0]),
    csrf[sources[0]],
    csrf.field,
    csrf.header,
    finite(given.leeway),
    finite(given.timeout),
    given.timedRefresh,
    given.idempotencyKey,
    given.shareAcrossTabs,
  ]);
}

/** `undefined` for what is not given. */
const place = (words, word) => (word === undefined ? word : words.indexOf(word));

/** JSON has no NaN and no infinity; the core refuses what is negative. */
const finite = (seconds) => (Math.abs(seconds) < Infinity || seconds === undefined ? seconds : -1);

/** Throws for the first member that is not known, or of the wrong kind. */
function checked(option, value, kinds) {
  if (!isObject(value)) wrong(option, value, option === "options" ? "an object with at least mode" : "an object");
  for (const [name, member] of Object.entries(value)) {
    const kind = Object.hasOwn(kinds, name) && kinds[name];
    // A misspelt option is worse than a missing one.
    if (!kind) fail(option, `has no member "${name}"; there are: ${Object.keys(kinds).join(", ")}`);
    const path = option === "options" ? name : `${option}.${name}`;
    if (member === undefined || (path === "csrf" && member === false)) continue;
    if (typeof kind === "object") checked(path, member, kind);
    else {
      const allowed = kind(member);
      if (allowed !== true) wrong(path, member, allowed);
    }
  }
  return value;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStore(value) {
  return ["get", "set", "remove"].every((name) => typeof value?.[name] === "function");
}

/** The value itself is not shown: it may be a secret in the wrong place. */
function wrong(option, value, allowed) {
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  fail(option, `is of kind ${kind}; must be ${allowed}`);
}

function fail(option, detail) {
  throw new AuthError("config_invalid", `option ${option}: ${detail}`, { option });
}
