// What each option may be: of a `typeof`, one of some words, a table, or what a function says is right. `Options::check` in the
// core looks at the values; here it is only their kind. A fault is thrown as a list, which `faults.js` puts into words.

const texts = (value) => Array.isArray(value) && value.every(isText);
export const table = (value) => isObject(value) && Object.values(value).every(isText);
const url = (value) => value instanceof URL || isText(value);
const path = (value) => value !== "" && (isText(value) || (texts(value) && value.length > 0 && !value.includes("")));
const fieldValue = (value) => /^[!-~][ -~]*$/.test(value);
export const number = (value) => Number.isFinite(value);
export const headers = (value) => typeof value === "function" || table(value);
export const refused = (value) => Array.isArray(value) && value.every((item) => isText(item) || Number.isInteger(item));
const storage = (value) => STORAGES.includes(value) || value === SEALED || isStore(value);

export const SEALED = "sealed";

// By `cargo xtask table`: words.
const MODES = ["session", "jwt", "hybrid"];
const STORAGES = ["memory", "session", "local"];
const USERS = ["me", "token", "answer"];
const TRANSPORTS = ["json", "form", "cookie", "header"];
const CSRF_SOURCES = ["cookie", "endpoint", "meta", "responseHeader", "value"];
// End of the table.

export { CSRF_SOURCES, MODES, STORAGES, TRANSPORTS, USERS };

/** A path, or `false`: there is none. Of an object `contracts.js` looks at the members. */
const endpoint = (value) => value === false || isText(value) || isObject(value);

// By `cargo xtask table`: kinds.
export const KINDS = {
  mode: MODES,
  baseUrl: url,
  endpoints: {
    login: endpoint,
    logout: endpoint,
    refresh: endpoint,
    me: endpoint,
  },
  fields: {
    accessToken: path,
    refreshToken: path,
    expiresIn: path,
    expiresInMs: path,
    expiresAt: path,
    user: path,
    subject: path,
    code: path,
    message: path,
  },
  user: USERS,
  headers,
  means: "function",
  fetch: "function",
  fetchCalls: "boolean",
  origins: texts,
  insecureOrigins: texts,
  header: {
    name: "string",
    scheme: "string",
  },
  refuseRedirects: "boolean",
  refreshToken: {
    in: TRANSPORTS,
    name: "string",
    params: table,
  },
  csrf: {
    cookie: "string",
    endpoint: "string",
    field: path,
    meta: "string",
    responseHeader: "string",
    value: fieldValue,
    prime: "string",
    refused,
    param: "string",
    header: "string",
  },
  key: "string",
  storage,
  verify: isObject,
  sso: isObject,
  isSignedOut: "function",
  leeway: number,
  timeout: number,
  timedRefresh: "boolean",
  idempotencyKey: "boolean",
  shareAcrossTabs: "boolean",
};
// End of the table.

/** The options, if each is of its kind: as they are now, whatever the app does with them later. */
export function checked(given) {
  const options = isObject(given) ? { ...given } : given;
  checkAll("options", options, KINDS);
  if (options.mode === undefined) throw ["mode", MODES];
  if (options.refreshToken && !options.refreshToken.in) throw ["refreshToken.in", TRANSPORTS];
  if (options.fetchCalls && !options.fetch) throw ["fetch", true];
  return options;
}

/** Whether requests or answers are not as the engine has them. */
export function needsTranslator({ headers, endpoints = {}, fields = {}, means, fetch, csrf }) {
  const isSpecial = (path) => typeof path !== "string" || path === "$" || /^header:|(^|\.)\d+(\.|$)/.test(path);
  const { code, message, expiresInMs, ...paths } = fields;
  return (
    [headers, means, fetch, code, message, expiresInMs, csrf?.param, csrf?.prime, csrf?.refused].some((one) => one !== undefined) ||
    Object.values(endpoints).some(isObject) ||
    Object.values({ ...paths, token: csrf?.field }).some((path) => path !== undefined && isSpecial(path))
  );
}

/** Whether options name a header that browsers may keep to themselves: other than the usual ones. */
export const needsHeaderCheck = ({ header, csrf, refreshToken }) =>
  [header?.name, csrf?.header, csrf?.responseHeader, refreshToken?.name].some((name) => name && !/^x-|^auth/i.test(name));

/** Throws for the first member that is not known, or of the wrong kind. */
export function checkAll(option, value, kinds) {
  if (!isObject(value)) throw [option, undefined, value];
  for (const [name, member] of Object.entries(value)) {
    const kind = Object.hasOwn(kinds, name) && kinds[name];
    // A misspelt option is worse than a missing one.
    if (!kind) throw [option, name, Object.keys(kinds)];
    if (member !== undefined) check(option === "options" ? name : `${option}.${name}`, member, kind);
  }
  return value;
}

function check(option, value, kind) {
  if (kind === KINDS.csrf) {
    if (value === false) return;
    const sources = CSRF_SOURCES.filter((name) => value?.[name] !== undefined);
    checkAll(option, value, kind);
    if (sources.length !== 1) throw [option, CSRF_SOURCES];
  } else if (isObject(kind)) {
    checkAll(option, value, kind);
  } else if (!fits(value, kind)) {
    throw [option, undefined, value, kind];
  }
}

export const fits = (value, kind) => (typeof kind === "string" ? typeof value === kind : kind.includes?.(value) ?? kind(value));

export const isText = (value) => typeof value === "string";

export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isStore(value) {
  return ["get", "set", "remove"].every((name) => typeof value?.[name] === "function");
}
