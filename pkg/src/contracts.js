// What a server wants and answers that is not as usual: between the engine's own requests and the network. The engine speaks one
// language; here it is translated, by what the app's options say of each endpoint. Loaded by those who have any of these options.

import { AuthError } from "./error.js";
import { KINDS, checkAll, fits, headers, isObject, isText, number, refused, table } from "./options.js";

/** What `means` may say of an answer. */
// By `cargo xtask table`: meanings.
const MEANINGS = ["ok", "nobody", "refused", "pending", "not-now"];
// End of the table.
/** Those that may have a contract. */
// By `cargo xtask table`: endpoints.
const ENDPOINTS = ["login", "logout", "refresh", "me"];
// End of the table.
// Of what can be wrong with an option.
// By `cargo xtask table`: faults.
const NOT_A_URL = 11;
const NOT_LISTED = 12;
// End of the table.
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
const LONGEST_SECONDS = 86_400;
/** Words that speak of a CSRF token. */
const OF_CSRF = /[cx]srf|forgery|authenticity/i;
/** What is no word to a reader: scripts, elements, names of members. */
const MARKUP = /<(script|style)[^]*?<\/\1|<[^<>]*>|"[^"]*"\s*:/gi;
/** So much of an answer is read for its words, if it is of such a type, and no stream. */
const LONGEST_WORDS = 65_536;
const WORDS = /^(text\/(?!event)|application\/([^;]*\+)?json\b)/i;
/** Milliseconds that they are waited for, and the CSRF cookie. */
const LONGEST_PEEK = 1_000;
const LONGEST_PRIME = 5_000;

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

/** A function of the app's threw, or answered what it must not. */
class HookError extends Error {}

/**
 * What translates for these options.
 *
 * @throws {AuthError} `config_invalid`, with the path of the option that contradicts another.
 */
export function translatorOf(options) {
  const { endpoints = {}, means, fetch: own, fetchCalls } = options;
  const contracts = Object.fromEntries(
    ENDPOINTS.map((kind) => [kind, contractOf(`endpoints.${kind}`, kind, endpoints[kind], options)]),
  );
  const contractFor = (kind, login) => (kind === "login" && login?.contract) || contracts[kind];

  /** Another header, or none, in place of the CSRF token that is for all endpoints; a cookie that is not there has been asked for. */
  const csrfHeaders = async (kind, list, include, login, tokenOf) => {
    const contract = contractFor(kind, login);
    const csrf = contract?.csrf ?? (kind === "me" && contract.method !== "GET" ? options.csrf ?? { cookie: "XSRF-TOKEN" } : undefined);
    let headers = list;
    if (csrf !== undefined && include) {
      const usual = options.csrf && csrfHeader(options.csrf)[0];
      headers = list.filter(([name, , source]) => !source && name !== usual);
      if (csrf) headers.push(csrfHeader(csrf));
    }
    const [, , ...source] = headers.find((header) => header[2]) ?? [];
    if (source.length && !tokenOf(...source)) await prime(kind);
    return headers;
  };

  /** Sends what the engine wants to be sent, as the endpoint wants it. */
  const send = async (kind, url, init, tokens, login) => {
    const contract = contractFor(kind, login);
    const added = {};
    for (const given of [options.headers, contract?.headers]) {
      Object.assign(added, typeof given === "function" ? await asked("headers", () => given(kind)) : given);
    }
    let response;
    for (const round of contract?.isOwn ? roundsOf(contract, tokens) : [undefined]) {
      const sent = { ...init, headers: new Headers(init.headers) };
      const target = round ? rendered(kind, contract, round, url, sent, login) : url;
      for (const [name, value] of Object.entries(added)) await asked("headers", () => sent.headers.set(name, value));
      init.signal.throwIfAborted();
      response = own ? await answerOf(own(new Request(target, sent), kind)) : await fetch(target, sent);
      if (!response.ok) break;
    }
    return response;
  };

  /** Translates the answer: a list, whose body stands at 6; what it means is written at 8. */
  const read = async (kind, response, answer, login) => {
    const contract = contractFor(kind, login);
    const body = parsed(answer[6]);
    if (contract) {
      answer[6] = canonical(contract.fields, response, body, answer[6], kind);
      const { refused = [] } = contract;
      if (refused.some((one) => one === answer[0] || (typeof one === "string" && holds(body ?? answer[6].trim(), one)))) answer[8] = "refused";
    }
    if (!means) return;
    const seen = Object.freeze({ status: answer[0], headers: response.headers, body: body ?? answer[6] });
    const word = await asked("means", () => means(kind, seen));
    if (word === undefined) return;
    if (!MEANINGS.includes(word)) throw failed("means", new TypeError(`it answered "${word}"; it may answer ${MEANINGS.join(", ")}`));
    answer[8] = word;
  };

  const csrfOf = (kind, login) => contractFor(kind, login)?.csrf || options.csrf || {};
  /** Whether an answer says that it refuses the CSRF token. `mayRefuse`: its status is one that does, if its words say so. */
  const refuses = async (kind, response, text, login, mayRefuse) => {
    const { refused = options.csrf?.refused ?? [] } = csrfOf(kind, login);
    const named = refused.filter(isText);
    if (refused.includes(response.status)) return true;
    if (!named.length && !mayRefuse) return false;
    const words = (text ?? (await peek(response))).slice(0, LONGEST_WORDS);
    const speaks = mayRefuse && OF_CSRF.test(words.replace(MARKUP, ""));
    return speaks || named.some((one) => words.includes(one));
  };

  const primes = {};
  for (const [kind, csrf] of [["call", options.csrf], ...ENDPOINTS.map((kind) => [kind, contracts[kind].csrf ?? options.csrf])]) {
    if (csrf?.prime !== undefined) primes[kind] = listedUrl(csrf === options.csrf ? "csrf.prime" : `endpoints.${kind}.csrf.prime`, csrf.prime, options);
  }
  let priming;
  /** Asks for the CSRF cookie, once for all who need it just now. */
  const prime = (kind) => {
    if (!primes[kind]) return undefined;
    const init = { headers: {}, credentials: "include", cache: "no-store", signal: AbortSignal.timeout?.(LONGEST_PRIME) ?? new AbortController().signal };
    const ask = async () => (await send("csrf", primes[kind], init, {})).body?.cancel();
    priming ??= Promise.race([ask().catch(() => {}), pause(LONGEST_PRIME)]).finally(() => (priming = undefined));
    return priming;
  };

  return {
    headers: csrfHeaders,
    send,
    read,
    refuses,
    /** The contract of one login, which goes elsewhere. */
    loginTo: (endpoint, base) => {
      if (typeof endpoint.headers === "function") throw ["endpoint.headers", undefined, endpoint.headers, table];
      if (!isText(endpoint) && !isObject(endpoint)) throw ["endpoint", undefined, endpoint];
      const contract = contractOf("endpoint", "login", endpoint, options);
      return { contract, url: new URL((typeof endpoint === "string" ? endpoint : endpoint.url) ?? "/auth/login", base).href };
    },
    /** How a failure is delivered: `null` if it is the app's. */
    blame: (error) => (error instanceof HookError ? null : undefined),
    calls: fetchCalls ? (request) => own(request, "call") : undefined,
    /** Nothing that the page holds goes to the refresh endpoint: a cookie renews. */
    byCookie: contracts.refresh.isOwn && !contracts.refresh.places.some(({ token }) => token === "refresh"),
  };
}

/** What an endpoint wants and answers, all of it said. */
function contractOf(option, kind, given, options) {
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
  return { isOwn, usual, method, as, params: own, headers: contract.headers, places, csrf, refused, fields: { ...fields, ...contract.fields } };
}

function csrfHeader({ cookie, meta, value, responseHeader, header }) {
  if (cookie) return [header ?? "X-XSRF-TOKEN", undefined, "cookie", cookie];
  const name = header ?? "X-CSRF-Token";
  if (value) return [name, value];
  return responseHeader ? [name, undefined, "header", responseHeader] : [name, undefined, "meta", meta];
}

/** Of two tokens at one place, each has a request of its own (RFC 7009 §2.1). */
function roundsOf({ places }, tokens) {
  const rounds = [];
  const isAt = (one) => (other) => one.in === other.in && one.name === other.name;
  for (const place of places) {
    if (!tokens[place.token]) continue;
    const free = rounds.find((round) => !round.some(isAt(place)));
    const filled = { ...place, value: tokens[place.token] };
    if (free) free.push(filled);
    else rounds.push([filled]);
  }
  // What has a place to itself goes with each.
  for (const place of rounds[0] ?? []) for (const round of rounds.slice(1)) if (!round.some(isAt(place))) round.push(place);
  return rounds.length ? rounds : [[]];
}

/** Puts into `sent` what the contract wants there, and gives the URL. */
function rendered(kind, { method, as, params, usual }, round, url, sent, login) {
  sent.method = method;
  sent.headers.delete("Content-Type");
  sent.headers.delete(usual.name);
  const fields = [];
  for (const { token, in: where, name, scheme, value } of round) {
    if (where === "body") {
      fields.push([name, value]);
      if (kind === "logout" && name === "token") fields.push(["token_type_hint", `${token}_token`]);
    } else {
      sent.headers.set(name, scheme ? `${scheme} ${value}` : value);
      // Browsers take no other header away at another origin (Fetch, HTTP-redirect fetch).
      if (name.toLowerCase() !== "authorization" && sent.redirect === "follow") sent.redirect = "error";
    }
  }
  fields.push(...Object.entries(params));
  if (kind === "refresh" && as === "form" && !fields.some(([name]) => name === "grant_type")) fields.unshift(["grant_type", "refresh_token"]);
  if (method === "GET") {
    const target = new URL(url);
    for (const [name, value] of fields) target.searchParams.append(name, value);
    sent.body = undefined;
    return target.href;
  }
  sent.body = kind === "login" ? loginBody(as, fields, sent.body, login?.form) : bodyOf(as, fields);
  if (typeof sent.body === "string") sent.headers.set("Content-Type", "application/json");
  return url;
}

function bodyOf(as, fields) {
  if (!fields.length || as === "none") return undefined;
  return as === "form" ? new URLSearchParams(fields) : JSON.stringify(Object.fromEntries(fields));
}

/** `json` are the credentials, or `form` as the app has written them. */
function loginBody(as, fields, json, form) {
  if (form) {
    const isText = [...form].every(([, value]) => typeof value === "string");
    const copy = as === "form" && isText ? new URLSearchParams() : new form.constructor();
    for (const [name, value] of [...form, ...fields]) copy.append(name, value);
    return copy;
  }
  const given = json === "" ? {} : JSON.parse(json);
  if (as === "none") return undefined;
  if (as === "json") return fields.length ? JSON.stringify({ ...given, ...Object.fromEntries(fields) }) : json;
  const texts = Object.entries(given).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  return new URLSearchParams([...texts, ...fields]);
}

/** The answer by the engine's names, as text. */
function canonical(fields, response, body, text, kind) {
  const found = (path) => {
    for (const one of [path].flat()) {
      const value = one.startsWith(HEADER) ? headerOf(response, one.slice(HEADER.length)) : one === "$" ? body ?? text.trim() : at(body, one);
      if (value !== undefined && value !== null && value !== "") return value;
    }
    return null;
  };
  const parts = {};
  if (response.ok) {
    for (const [field, name] of Object.entries(NAMES)) {
      // In the answer of `me` there are no tokens.
      if (fields[field] !== undefined && !(kind === "me" && field.endsWith("Token"))) parts[name] = found(fields[field]);
    }
    if (fields.expiresInMs !== undefined) parts.expires_in = found(fields.expiresInMs) / 1000;
  } else if (fields.code !== undefined || fields.message !== undefined) {
    const word = (path) => (path === undefined ? undefined : found(path) ?? undefined);
    parts.error = { code: word(fields.code), message: word(fields.message) };
  }
  if (kind === "me" && Array.isArray(parts.user ?? body)) parts.user = ofClaims(parts.user ?? body);
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

/** The beginning of an answer's words, as far as they come in time. The answer itself stays as it is. */
async function peek(response) {
  let text = "";
  try {
    if (!WORDS.test(response.headers.get("Content-Type"))) return text;
    const reader = response.clone().body.getReader();
    const decoder = new TextDecoder();
    const late = pause(LONGEST_PEEK);
    let part;
    while (text.length < LONGEST_WORDS && (part = await Promise.race([reader.read(), late]))?.value) {
      text += decoder.decode(part.value, { stream: true });
    }
    reader.cancel().catch(() => {});
  } catch {
    // It has been read already, or is cut off.
  }
  return text;
}

/** The URL on a listed origin. What is wrong with these themselves the core says. */
function listedUrl(option, given, { baseUrl, origins = [] }) {
  const base = baseUrl ?? globalThis.document?.baseURI ?? globalThis.location?.href;
  const parsed = (text, base) => {
    try {
      return new URL(text, base);
    } catch {
      return undefined;
    }
  };
  const url = parsed(given, base);
  if (!url) throw [option, NOT_A_URL];
  if (![base, ...origins].some((one) => parsed(one)?.origin === url.origin)) throw [option, NOT_LISTED];
  return url.href;
}

const pause = (milliseconds) =>
  new Promise((done) => {
    // In Node a timer would keep the process alive.
    setTimeout(done, milliseconds).unref?.();
  });

const headerOf = (response, name) => response.headers.get(name)?.replace(/^Bearer +/i, "");

/** What a path of names and indices leads to. */
const at = (value, path) =>
  path.split(".").reduce((inner, name) => (typeof inner === "object" && inner !== null && Object.hasOwn(inner, name) ? inner[name] : undefined), value);

/** Whether a body has this text in it, as a value of its own. */
const holds = (value, text) => (typeof value === "object" && value ? Object.values(value).some((inner) => holds(inner, text)) : value === text);

async function answerOf(promise) {
  const response = await promise;
  if (!(response?.headers instanceof Headers) || typeof response.text !== "function") {
    throw failed("fetch", new TypeError("it answered no Response"));
  }
  return response;
}

async function asked(name, ask) {
  try {
    return await ask();
  } catch (error) {
    throw failed(name, error);
  }
}

function failed(name, error) {
  console.error(`hallpass: the option ${name} failed`, error);
  return new HookError(name);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
