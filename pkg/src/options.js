// What each option may be: of a `typeof`, one of some words, a table, or what a function says is right. `Options::check` in the
// core looks at the values; here it is only their kind. A fault is thrown as a list, which `faults.js` puts into words.

const texts = (value) => Array.isArray(value) && value.every(isText);
const table = (value) => isObject(value) && Object.values(value).every(isText);
const url = (value) => value instanceof URL || isText(value);
const endpoint = (value) => value === false || isText(value);
const storage = (value) => STORAGES.includes(value) || value === SEALED || isStore(value);

const MODES = ["session", "jwt", "hybrid"];
const STORAGES = ["memory", "session", "local"];
const SEALED = "sealed";
const TRANSPORTS = ["json", "form", "cookie", "header"];
const CSRF_SOURCES = ["cookie", "endpoint", "meta"];

const KINDS = {
  mode: MODES,
  key: "string",
  baseUrl: url,
  endpoints: { login: endpoint, logout: endpoint, refresh: endpoint, me: endpoint },
  origins: texts,
  insecureOrigins: texts,
  storage,
  fields: { accessToken: "string", refreshToken: "string", expiresIn: "string", expiresAt: "string", user: "string", subject: "string" },
  refreshToken: { in: TRANSPORTS, name: "string", params: table },
  header: { name: "string", scheme: "string" },
  csrf: { cookie: "string", endpoint: "string", meta: "string", field: "string", header: "string" },
  leeway: "number",
  timeout: "number",
  timedRefresh: "boolean",
  idempotencyKey: "boolean",
  shareAcrossTabs: "boolean",
  isSignedOut: "function",
  verify: isObject,
};

/** The options by position, as `Options::from_list` in the core reads them: words as their place in the lists above. */
export function listed(options) {
  const given = { ...checked("options", options, KINDS) };
  if (given.mode === undefined) throw ["mode", MODES];
  const { endpoints = {}, fields = {}, refreshToken, header = {} } = given;
  if (refreshToken && !refreshToken.in) throw ["refreshToken.in", TRANSPORTS];
  const isSealed = given.storage === SEALED;
  const csrf = given.csrf || {};
  const sources = CSRF_SOURCES.filter((name) => csrf[name] !== undefined);
  if (given.csrf && sources.length !== 1) throw ["csrf", CSRF_SOURCES];
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
    isStore(given.storage) ? 3 : place(STORAGES, isSealed ? "local" : given.storage),
    fields.accessToken,
    fields.refreshToken,
    fields.expiresIn,
    fields.expiresAt,
    fields.user,
    fields.subject,
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
    isSealed || given.verify ? JSON.stringify([isSealed, given.verify]) : undefined,
  ]);
}

/** `undefined` for what is not given. */
const place = (words, word) => (word === undefined ? word : words.indexOf(word));

/** JSON has no NaN and no infinity; the core refuses what is negative. */
const finite = (seconds) => (Math.abs(seconds) < Infinity || seconds === undefined ? seconds : -1);

/** Throws for the first member that is not known, or of the wrong kind. */
function checked(option, value, kinds) {
  if (!isObject(value)) throw [option, undefined, value];
  for (const [name, member] of Object.entries(value)) {
    const kind = Object.hasOwn(kinds, name) && kinds[name];
    // A misspelt option is worse than a missing one.
    if (!kind) throw [option, name, Object.keys(kinds)];
    const path = option === "options" ? name : `${option}.${name}`;
    if (member === undefined || (path === "csrf" && member === false)) continue;
    if (isObject(kind)) checked(path, member, kind);
    else if (!(typeof kind === "string" ? typeof member === kind : kind.includes?.(member) ?? kind(member))) throw [path, undefined, member, kind];
  }
  return value;
}

const isText = (value) => typeof value === "string";

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStore(value) {
  return ["get", "set", "remove"].every((name) => typeof value?.[name] === "function");
}
