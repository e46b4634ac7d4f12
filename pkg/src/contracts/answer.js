// The answer of an endpoint, by the engine's names.

/** Begins a path that leads to a header of the answer. */
const HEADER = "header:";
/** What the engine calls the parts of an answer. */
const NAMES = {
  accessToken: "access_token",
  refreshToken: "refresh_token",
  expiresIn: "expires_in",
  expiresAt: "expires_at",
  user: "user",
};

/** What the first of these paths leads to that leads to something; or else `null`. */
const finder = (response, body, text) => (path) => {
  for (const one of [path].flat()) {
    const value = one.startsWith(HEADER) ? headerOf(response, one.slice(HEADER.length)) : one === "$" ? body ?? text.trim() : at(body, one);
    if (value !== undefined && value !== null && value !== "") return value;
  }
  return null;
};

/** The answer of the CSRF endpoint as text, with the token where the engine, which knows names alone, looks for it by this path. */
export function tokenAt(field, response, body, text) {
  const token = finder(response, body, text)(field);
  return JSON.stringify(field.split(".").reduceRight((inner, name) => ({ [name]: inner }), token));
}

/** The answer by the engine's names, as text. */
export function canonical(fields, response, given, text, kind) {
  // A list of claims has their types for names.
  const body = kind === "me" && Array.isArray(given) ? ofClaims(given) : given;
  const found = finder(response, body, text);
  const parts = {};
  if (response.ok) {
    for (const [field, name] of Object.entries(NAMES)) {
      // In the answer of `me` there are no tokens.
      if (fields[field] !== undefined && !(kind === "me" && field.endsWith("Token"))) parts[name] = found(fields[field]);
    }
    if (fields.expiresInMs !== undefined) parts.expires_in = found(fields.expiresInMs) / 1000;
  } else if (fields.code !== undefined || fields.message !== undefined) {
    const word = (path) => (path === undefined ? undefined : found(path) ?? undefined);
    // Where the engine looks first; the rest of the answer stays, for the word that is not named.
    const named = { code: word(fields.code), error_description: word(fields.message) };
    if (named.error_description ?? named.code) parts.errors = { ...named, type: body?.errors };
  }
  if (kind === "me" && Array.isArray(parts.user ?? given)) parts.user = parts.user ? ofClaims(parts.user) : body;
  if (!Object.keys(parts).length) return text;
  // An error shows the answer as it came.
  if (!response.ok || kind === "login") parts.$ = body;
  return JSON.stringify(body && typeof body === "object" && !Array.isArray(body) ? { ...body, ...parts } : parts);
}

/** A list of claims, `[{ "type": "sub", "value": "7" }]`, as an object. */
function ofClaims(list) {
  const isClaim = (item) => typeof item?.type === "string" && "value" in item;
  return list.length && list.every(isClaim) ? Object.fromEntries(list.map(({ type, value }) => [type, value])) : list;
}

const headerOf = (response, name) => response.headers.get(name)?.replace(/^Bearer +/i, "");

/** What a path of names and indices leads to. */
const at = (value, path) =>
  path.split(".").reduce((inner, name) => (typeof inner === "object" && inner !== null && Object.hasOwn(inner, name) ? inner[name] : undefined), value);

/** Whether a body has this text in it, as a value of its own. */
export const holds = (value, text) => (typeof value === "object" && value ? Object.values(value).some((inner) => holds(inner, text)) : value === text);

/** `undefined` if it is no JSON. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
