// The options as the engine reads them.

import { CSRF_SOURCES, MODES, SEALED, STORAGES, TRANSPORTS, USERS, isObject, isStore } from "./options.js";

/**
 * The options by position, as `Options::from_list` in the core reads them: words as their place in the lists of `options.js`. What a
 * translator does the engine has not to know of.
 */
export function listed(given, translator) {
  const { endpoints = {}, refreshToken = {}, header = {} } = given;
  const fields = translator ? { subject: given.fields?.subject } : given.fields ?? {};
  const isSealed = given.storage === SEALED;
  const csrf = given.csrf || {};
  const source = CSRF_SOURCES.find((name) => csrf[name] !== undefined);
  const place = (one, path) => (isObject(one) ? one.url ?? path : one);
  // By `cargo xtask table`: list.
  return JSON.stringify([
    indexIn(MODES, given.mode),
    given.baseUrl,
    place(endpoints.login, "/auth/login"),
    place(endpoints.logout, "/auth/logout"),
    place(endpoints.refresh, "/auth/refresh"),
    place(endpoints.me, "/auth/me"),
    fields.accessToken,
    fields.refreshToken,
    fields.expiresIn,
    fields.expiresAt,
    fields.user,
    fields.subject,
    indexIn(USERS, given.user),
    given.origins,
    given.insecureOrigins,
    header.name,
    header.scheme,
    given.refuseRedirects,
    indexIn(TRANSPORTS, translator?.byCookie ? "cookie" : refreshToken.in),
    refreshToken.name,
    Object.entries(refreshToken.params ?? {}).flat(),
    given.csrf === false ? false : indexIn(CSRF_SOURCES, source),
    csrf[source],
    csrf.field,
    csrf.header,
    given.key,
    isStore(given.storage) ? STORAGES.length : indexIn(STORAGES, isSealed ? "local" : given.storage),
    given.leeway,
    given.timeout,
    given.timedRefresh,
    given.idempotencyKey,
    given.shareAcrossTabs,
    ...[endpoints.login, endpoints.logout, endpoints.refresh, endpoints.me].map((one) => one?.timeout),
    isSealed || given.verify ? JSON.stringify([isSealed, given.verify]) : undefined,
  ]);
  // End of the table.
}

/** `undefined` for what is not given. */
const indexIn = (words, word) => (word === undefined ? word : words.indexOf(word));
