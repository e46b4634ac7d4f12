// What an endpoint wants and answers, by the app's options: what the members of a contract may be, and which of them contradict each other.

import { AuthError } from "../error.js";
import { KINDS, checkAll, fits, headers, isObject, isText, number, refused, table } from "../options.js";

const LONGEST_SECONDS = 86_400;

// By `cargo xtask table`: words.
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const FORMATS = ["json", "form", "multipart", "none"];
const TOKENS = ["access", "refresh"];
const PLACES = ["header", "body"];
// End of the table.

/** What the members of a place may be. */
// By `cargo xtask table`: place.
const PLACE = {
  token: TOKENS,
  in: PLACES,
  name: "string",
  scheme: "string",
};
// End of the table.
const isPlace = (place) =>
  isObject(place) && place.token !== undefined && Object.entries(place).every(([name, value]) => Object.hasOwn(PLACE, name) && fits(value, PLACE[name]));
const credential = (value) => (isText(value) ? ["none", "access", "refresh"].includes(value) : [value].flat().every(isPlace));
/** What the members of a contract may be. */
// By `cargo xtask table`: contract.
const CONTRACT = {
  url: "string",
  method: METHODS,
  as: FORMATS,
  params: table,
  headers,
  credential,
  fields: KINDS.fields,
  csrf: KINDS.csrf,
  timeout: number,
  refused,
};
// End of the table.

/**
 * What an endpoint wants and answers, all of it said.
 *
 * @throws {AuthError} `config_invalid`, with the path of the member that contradicts another.
 */
export function contractOf(option, kind, given, options) {
  const { mode, header = {}, fields, refreshToken } = options;
  const usual = { token: "access", in: "header", name: header.name ?? "Authorization", scheme: header.scheme ?? "Bearer" };
  const isOwn = isObject(given);
  if (isOwn) checkAll(option, given, CONTRACT);
  const contract = isOwn ? given : {};
  const { method = kind === "me" ? "GET" : "POST", params = {}, csrf, timeout, refused } = contract;
  const hasBody = method !== "GET";
  const transport = refreshToken ?? { in: mode === "jwt" ? "json" : "cookie" };
  const as = hasBody ? contract.as ?? (kind === "refresh" && transport.in === "form" ? "form" : "json") : "none";
  const wrong = (member, words) => {
    const name = `${option}.${member}`;
    throw new AuthError("config_invalid", `option ${name}: ${words}`, { option: name });
  };
  if (!hasBody && (contract.as ?? "none") !== "none") wrong("as", "a request by GET has no body");
  if (as === "multipart" && kind !== "login") wrong("as", 'must be "json", "form" or "none"; only a login can be sent as "multipart"');
  if (as === "none" && hasBody && Object.keys(params).length) wrong("params", 'needs a body, and as is "none"');
  let { credential } = contract;
  if (credential === undefined) {
    credential = [];
    if (kind !== "login" && kind !== "refresh" && mode !== "session") credential.push(usual);
    if (kind === "refresh" && transport.in === "header") credential.push({ token: "refresh", in: "header", name: transport.name ?? "X-Refresh-Token" });
    else if ((kind === "refresh" || kind === "logout") && transport.in !== "cookie" && as !== "none") {
      credential.push({ token: "refresh", in: "body", name: transport.name });
    }
  } else if (credential === "none") credential = [];
  else if (credential === "access") credential = [usual];
  else if (credential === "refresh") credential = [{ token: "refresh" }];
  const places = [credential].flat().map((place) => {
    const { token, in: where = "header", name = where === "header" ? "Authorization" : `${token}_token` } = place;
    const { scheme = where === "header" && name.toLowerCase() === "authorization" ? "Bearer" : "" } = place;
    if (token === "refresh" && mode !== "jwt") {
      wrong("credential", `names the refresh token, which the page holds in mode "jwt" only; in mode "${mode}" it is a cookie, which goes along by itself`);
    }
    if (where === "body" && (as === "none" || as === "multipart")) wrong("credential", `goes in the body, and ${hasBody ? `as is "${as}"` : "a request by GET has none"}`);
    return { token, in: where, name, scheme };
  });
  try {
    new Headers(typeof contract.headers === "object" ? contract.headers : {});
    new Headers(places.filter((place) => place.in === "header").map(({ name, scheme }) => [name, scheme]));
  } catch {
    wrong(typeof contract.headers === "object" ? "headers" : "credential", "has a name or a value that cannot stand in a header (RFC 9110 §5)");
  }
  if (csrf && (csrf.endpoint || csrf.responseHeader)) wrong("csrf", "must be a cookie, a meta element, a value or false; the other sources are for all endpoints together");
  if (timeout !== undefined && !(timeout >= 0.1 && timeout <= LONGEST_SECONDS)) wrong("timeout", "must be seconds, at least 0.1 and at most 86400");
  const own = kind === "refresh" && transport.params && !contract.params ? { ...transport.params } : params;
  return { isOwn, usual, method, as, params: own, headers: contract.headers, places, csrf: csrf && { header: options.csrf?.header, param: options.csrf?.param, ...csrf }, refused, fields: { ...fields, ...contract.fields } };
}
