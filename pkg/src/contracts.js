// What a server wants and answers that is not as usual: between the engine's own requests and the network. The engine speaks one
// language; here it is translated, by what the app's options say of each endpoint. Loaded by those who have any of these options.

import { canonical, holds, parsed, tokenAt } from "./contracts/answer.js";
import { contractOf } from "./contracts/contract.js";
import { csrfHeader, pause, refusesToken } from "./contracts/csrf.js";
import { HookError, answerOf, asked, failed } from "./contracts/hooks.js";
import { carriesSecret, moveToken, rendered, roundsOf } from "./contracts/request.js";
import { isObject, isText, table } from "./options.js";

/** What `means` may say of an answer. */
// By `cargo xtask table`: meanings.
const MEANINGS = ["ok", "nobody", "refused", "pending", "not-now"];
// End of the table.
/** Those that may have a contract. */
// By `cargo xtask table`: endpoints.
const ENDPOINTS = ["login", "logout", "refresh", "me"];
// End of the table.
/** The endpoint that a call of the app is for. */
// By `cargo xtask table`: calls.
const CALLS = { 1: "login", 2: "logout" };
// End of the table.
// Of what can be wrong with an option.
// By `cargo xtask table`: faults.
const NOT_A_URL = 11;
const NOT_LISTED = 12;
// End of the table.
/** Milliseconds that the CSRF cookie is waited for. */
const LONGEST_PRIME = 5_000;
/** What servers answer to a CSRF token that is not the session's. */
const REFUSED_TOKEN = /^(403|419)$/;

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

  /** For each kind of request: asks for the CSRF cookie anew, unless it is another by now than the one that went along. */
  const renewals = {};
  /** Another header, or none, in place of the CSRF token that is for all endpoints; a cookie that is not there has been asked for. */
  const csrfHeaders = async (kind, list, include, login, tokenOf, ask, through) => {
    const contract = contractFor(kind, login);
    const csrf = contract?.csrf ?? (kind === "me" && contract.method !== "GET" ? options.csrf ?? { cookie: "XSRF-TOKEN" } : undefined);
    let headers = list;
    if (csrf !== undefined && include) {
      const usual = options.csrf && csrfHeader(options.csrf)[0];
      headers = list.filter(([name, , source]) => !source && name !== usual);
      if (csrf) headers.push(csrfHeader(csrf));
    }
    const [, , ...source] = headers.find((header) => header[2]) ?? [];
    const present = () => source.length && tokenOf(...source);
    const renew = () => prime(kind, ask, through);
    if (source.length && !present()) await renew();
    const sent = present();
    renewals[kind] = () => sent && present() === sent && renew();
    return headers;
  };

  let mePath;
  /** Sends what the engine wants to be sent, as the endpoint wants it. */
  const send = async (kind, url, init, tokens, login, ask, through) => {
    if (kind === "me") mePath = new URL(url).pathname;
    const contract = contractFor(kind, login);
    const added = {};
    for (const given of [options.headers, contract?.headers]) {
      Object.assign(added, typeof given === "function" ? await asked("headers", () => given(kind)) : given);
    }
    let response;
    for (const round of contract?.isOwn || login?.form ? roundsOf(contract, tokens) : [undefined]) {
      const sent = { ...init, headers: new Headers(init.headers) };
      const target = round ? rendered(kind, contract, round, url, sent, login) : url;
      const { param, ...source } = csrfOf(kind, login);
      if (param) moveToken(csrfHeader(source)[0], param, contract?.as, sent);
      for (const [name, value] of Object.entries(added)) await asked("headers", () => sent.headers.set(name, value));
      if (sent.redirect !== "manual" && carriesSecret(sent)) sent.redirect = "error";
      init.signal.throwIfAborted();
      const request = own && new Request(target, sent);
      response = own ? await answerOf(through((request) => own(request, kind), [request], request)) : await ask(target, { ...sent, headers: Object.fromEntries(sent.headers) });
      if (!response.ok) break;
    }
    return response;
  };

  /** Translates the answer: a list, whose body stands at 6; what it means is written at 8. */
  const read = async (kind, response, answer, login) => {
    const contract = contractFor(kind, login);
    const body = parsed(answer[6]);
    if (kind === "csrf" && response.ok && options.csrf.field) answer[6] = tokenAt(options.csrf.field, response, body, answer[6]);
    if (contract) {
      const { refused = [] } = contract;
      const says = (one) => isText(one) && (body === undefined ? answer[6].includes(one) : holds(body, one));
      if (refused.some((one) => one === answer[0] || says(one))) answer[8] = "refused";
      answer[6] = canonical(contract.fields, response, body, answer[6], kind);
    }
    if (!means) return;
    const seen = Object.freeze({ status: answer[0], headers: response.headers, body: body ?? answer[6] });
    const word = await asked("means", () => means(kind, seen));
    if (word === undefined) return;
    if (!MEANINGS.includes(word)) throw failed("means", new TypeError(`it answered "${word}"; it may answer ${MEANINGS.join(", ")}`));
    answer[8] = word;
  };

  const csrfOf = (kind, login) => contractFor(kind, login)?.csrf || options.csrf || {};
  /**
   * Whether an answer says that it refuses the CSRF token. `mayRefuse`: its status is one that does, if its words say so. One that was
   * refused, and brought no other, belongs to a session that has gone: another is asked for.
   */
  const refuses = async (kind, response, text, login, mayRefuse) => {
    const isRefused = await refusesToken(csrfOf(kind, login).refused ?? options.csrf?.refused ?? [], mayRefuse, response, text);
    if (isRefused || REFUSED_TOKEN.test(response.status)) await renewals[kind]?.();
    return isRefused;
  };

  const primes = {};
  for (const [kind, csrf] of [["call", options.csrf], ...ENDPOINTS.map((kind) => [kind, contracts[kind].csrf ?? options.csrf])]) {
    if (csrf?.prime !== undefined) primes[kind] = { option: csrf === options.csrf ? "csrf.prime" : `endpoints.${kind}.csrf.prime`, given: csrf.prime };
  }
  let priming;
  /** Asks for the CSRF cookie, once for all who need it just now. */
  const prime = (kind, ...senders) => {
    if (!primes[kind]) return undefined;
    const init = { headers: {}, credentials: "include", cache: "no-store", signal: AbortSignal.timeout?.(LONGEST_PRIME) ?? new AbortController().signal };
    const ask = async () => {
      // The engine's first request comes before `resolve`.
      await undefined;
      const { url } = primes[kind];
      if (url) await (await send("csrf", url, init, {}, undefined, ...senders)).body?.cancel();
    };
    priming ??= Promise.race([ask().catch(() => {}), pause(LONGEST_PRIME)]).finally(() => (priming = undefined));
    return priming;
  };

  return {
    headers: csrfHeaders,
    send,
    read,
    refuses,
    /** The message of an error that a call of this kind got, with the endpoint's method in place of the engine's. */
    named: (message, call, login) =>
      message.replace(/ \((GET|POST) ([^ :)]*)/, (found, method, path) => {
        // The CSRF endpoint is asked by GET, for all of them.
        const kind = method === "POST" ? CALLS[call] ?? "refresh" : path === mePath && "me";
        return kind ? ` (${contractFor(kind, login).method} ${path}` : found;
      }),
    /** Resolves what only this asks for. `lists(url)` says whether an origin is listed. Throws what is wrong with an option, as a list. */
    resolve(base, lists) {
      for (const one of Object.values(primes)) {
        let url;
        try {
          url = new URL(one.given, base);
        } catch {
          throw [one.option, NOT_A_URL];
        }
        if (!lists(url)) throw [one.option, NOT_LISTED];
        one.url = url.href;
      }
    },
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
