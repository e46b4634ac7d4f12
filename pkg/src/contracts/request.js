// The request of an endpoint, as its contract wants it.

/** Headers that say nothing which another origin must not know. */
const HARMLESS = /^(accept|accept-language|content-language|content-type|x-requested-with)$/;

/** Whether a redirect would take something along to another origin: browsers take `Authorization` away there, and nothing else (Fetch §4.4). */
export function carriesSecret({ headers, body }) {
  const names = [...headers.keys()].filter((name) => name !== "authorization");
  return body !== undefined || names.some((name) => !HARMLESS.test(name));
}

/** Of two tokens at one place, each has a request of its own (RFC 7009 §2.1). */
export function roundsOf({ places }, tokens) {
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
export function rendered(kind, { method, as, params, usual }, round, url, sent, login) {
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

/** Moves the CSRF token from its header into the field of the body that the option `csrf.param` names. */
export function moveToken(header, param, as, sent) {
  const token = sent.headers.get(header);
  if (!token || sent.method === "GET") return;
  sent.headers.delete(header);
  const body = sent.body ?? (as === "form" ? new URLSearchParams() : "{}");
  if (typeof body === "string") {
    sent.body = JSON.stringify({ ...JSON.parse(body), [param]: token });
    sent.headers.set("Content-Type", "application/json");
  } else {
    sent.body = copied(new body.constructor(), [...body, [param, token]]);
  }
}

/** What the app has written stays its own. */
function copied(form, fields) {
  for (const [name, value] of fields) form.append(name, value);
  return form;
}

function bodyOf(as, fields) {
  if (!fields.length || as === "none") return undefined;
  return as === "form" ? new URLSearchParams(fields) : JSON.stringify(Object.fromEntries(fields));
}

/** `json` are the credentials, or `form` as the app has written them. */
function loginBody(as, fields, json, form) {
  if (form) {
    const isText = [...form].every(([, value]) => typeof value === "string");
    return copied(as === "form" && isText ? new URLSearchParams() : new form.constructor(), [...form, ...fields]);
  }
  const given = json === "" ? {} : JSON.parse(json);
  if (as === "none") return undefined;
  if (as === "json") return fields.length ? JSON.stringify({ ...given, ...Object.fromEntries(fields) }) : json;
  const texts = Object.entries(given).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  return new URLSearchParams([...texts, ...fields]);
}
