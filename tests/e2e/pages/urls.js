// Hostile URLs, given to authFetch and to fetch. `main` and `foreign` are the hosts of the two backends, with their ports.

const pageFetch = window.fetch;

/** How a URL can be given, and by which method. What `make` throws cannot be given at all. */
const FORMS = [
  { form: "string", method: "GET", make: (text) => text },
  { form: "string", method: "POST", make: (text) => text },
  { form: "URL", method: "POST", make: (text, base) => new URL(text, base) },
  { form: "Request", method: "POST", make: (text) => new Request(text) },
];

/** From now on relative URLs are resolved against `href`. */
function setBase(href) {
  const base = document.createElement("base");
  base.href = href;
  document.head.append(base);
}

function attempted(make) {
  try {
    return { value: make() };
  } catch {
    return undefined;
  }
}

/** The origin that gets the request by the parser's word; `undefined` if there is no URL. */
const parsed = (given, base) => attempted(() => new URL(given instanceof Request ? given.url : given, base))?.value;

/** The request that `fetch` makes of what is handed to it, if something of the session is in it. */
function carrier(input, init) {
  const request = input instanceof Request ? input : attempted(() => new Request(input, init))?.value;
  if (!request) return undefined;
  const { headers, credentials } = request;
  return headers.has("authorization") || headers.has("x-xsrf-token") || credentials === "include" ? request : undefined;
}

async function outcome(call) {
  try {
    const { status, type, redirected } = await call();
    return `${status} ${type} ${redirected}`;
  } catch (error) {
    return `${error?.constructor?.name} ${error?.name}`;
  }
}

/**
 * Gives each URL to both, in each of these forms, or in all. `{path}` in a text stands for a path that the servers log, different for each call;
 * a text without it is told by its `Idempotency-Key`. The calls come back with their ids, and what was handed to `fetch` with
 * a credential in it.
 */
export async function tryEach({ table, forms, first, path, base, baseUrl, hosts, listed }) {
  if (base && document.baseURI !== base) setBase(base);
  const handed = [];
  window.fetch = (input, init) => {
    const request = carrier(input, init);
    if (request) handed.push(new URL(request.url).origin);
    return pageFetch(input, init);
  };
  const blob = URL.createObjectURL(new Blob(["from a blob"]));
  const against = baseUrl ?? document.baseURI;
  const calls = table.flatMap(([name, template], row) =>
    FORMS.map(({ form, method, make }, column) => {
      if (forms && !forms.includes(column)) return undefined;
      const id = `u${first + row}x${column}`;
      const one = (suffix) => {
        const parts = { ...hosts, blob, path: `${path}/${id}${suffix}` };
        const text = template.replace(/\{(\w+)\}/g, (all, part) => parts[part] ?? all);
        const headers = template.includes("{path}") ? {} : { "Idempotency-Key": id + suffix };
        const init = method === "GET" ? { headers } : { method, headers, body: "x" };
        return { given: attempted(() => make(text, against)), init };
      };
      const [ours, theirs] = [one("o"), one("n")];
      if (!ours.given) return undefined;
      const url = parsed(ours.given.value, against);
      // With a base of its own, authFetch means what fetch means by the resolved URL.
      const resolved = baseUrl && form === "string" ? parsed(theirs.given.value, baseUrl)?.href : undefined;
      return async () => ({
        id,
        name: `${name}, ${form}, ${method}`,
        origin: url?.origin ?? null,
        isListed: listed.includes(url?.origin) && /^https?:$/.test(url.protocol),
        ours: await outcome(() => auth.authFetch(ours.given.value, ours.init)),
        theirs: await outcome(() => pageFetch(resolved ?? theirs.given.value, theirs.init)),
      });
    }),
  );
  const waiting = calls.filter(Boolean);
  const done = [];
  const work = async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) done.push(await run());
  };
  await Promise.all([work(), work(), work(), work()]);
  URL.revokeObjectURL(blob);
  window.fetch = pageFetch;
  return { calls: done, handed: [...new Set(handed)] };
}

// Random URLs.

/** mulberry32. */
function generator(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (end) => Math.floor(next() * end);
  return { below, pick: (list) => list[below(list.length)], once: (chance, text) => (next() < chance ? text() : "") };
}

const wide = (text) => text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
const escaped = (text) => text.replace(/\w/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

/** What may be taken for a host, and may be the same. */
const DISGUISES = [
  (host) => host.toUpperCase(),
  wide,
  escaped,
  (host) => host.replace(".", "\u3002"),
  (host) => host.replace(/[aeo]/, (letter) => ({ a: "\u0430", e: "\u0435", o: "\u043e" })[letter]),
  (host) => host.replace(/(?<=.)/, "\u00ad"),
  (host) => host.replace(/(?<=.)/, "\u200d"),
  (host) => host.replace(/(?<=.)/, "\t"),
  (host) => `${host}.`,
  (host) => `${host}.evil.test`,
  (host) => `evil${host}`,
  (host) => `${host}%00`,
  (host) => `${host}%2eevil.test`,
  (host) => host.replace(/^127\.0\.0\.1$/, "2130706433"),
  (host) => host.replace(/^127\.0\.0\.1$/, "0x7f.1"),
  (host) => host.replace(/^\[::1\]$/, "[0:0:0::0001]"),
  (host) => host.replace(/^\[::1\]$/, "[::0.0.0.1]"),
];
const HOSTS = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "api.test", "b\u00fccher.test", "xn--bcher-kva.test", "10.0.0.1", "fa\u00df.test"];
const SCHEMES = ["http:", "http:", "http:", "http:", "https:", "https:", "HTTP:", "h\nttp:", "http", "ws:", "wss:", "ftp:", "file:", "data:", "blob:http:", "blob:https:", "filesystem:http:", "javascript:", "about:", "x:", ""];
const SLASHES = ["//", "//", "//", "//", "//", "/", "", "\\\\", "/\\", "\\/", "///", "/\t/", "////"];
const TAILS = ["", "/", "/x", "?", "#", "?@", "#@", "\\@", "/@", ";@", "/..//", "/%2f/", "%2f@", "\\..\\", "/\u0000", "//"];
const NASTY = ["\t", "\n", "\r", "\u0000", "\u001f", " ", "\u007f", "\u00a0", "\u00ad", "\u200d", "\u200b", "\ufeff", "\u202e", "\ud800", "\uff0f", "\uff20", "\u3002", "/", "\\", ":", "@", "?", "#", "%", "%2f", "%40", "%00", "[", "]", ".", "..", "0", "\u0430"];

/** A URL, or nearly one, of hosts and ports that come up often. */
function randomUrl({ below, pick, once }, favourites) {
  const near = () => (below(2) ? pick(favourites) : { host: pick(HOSTS), port: pick(favourites).port });
  const dressed = (host) => (below(3) ? host : pick(DISGUISES)(host));
  const { host, port } = near();
  const other = near();
  const user = once(0.2, () => pick(["@", ":@", "user@", "user:pw@", `${other.host}@`, `${other.host}:${other.port}@`, "a@b@"]));
  const ports = [`:${port}`, `:${port}`, `:${port}`, `:0${port}`, ":", "", ":80", ":443", `:${other.port}`, `:${port}0`, `:\t${port}`, ": 1"];
  const tail = pick(TAILS) + once(0.3, () => `${other.host}:${other.port}`) + once(0.5, () => "/x");
  let text = pick(SCHEMES) + pick(SLASHES) + user + dressed(host) + pick(ports) + tail;
  for (let times = below(4) ? 0 : 1 + below(3); times > 0; times--) {
    const at = below(text.length + 1);
    text = text.slice(0, at) + pick(NASTY) + text.slice(at + below(2));
  }
  return once(0.1, () => pick([" ", "\n", "\u0001"])) + text + once(0.1, () => pick([" ", "\t", "\u001f"]));
}

/** An origin of http or https that a client may list. */
function randomOrigin(random, favourites) {
  for (;;) {
    const url = parsed(randomUrl(random, favourites));
    if (url && /^https?:$/.test(url.protocol)) return url;
  }
}

/**
 * Signs in with a listed origin of its own and asks of `count` URLs whether a credential would go along, without sending
 * anything. Gives the numbers, and of what is not as the parser says it the whole.
 */
export async function decideEach({ seed, count, hosts, hasBase }) {
  const random = generator(seed);
  const favourites = [
    { host: "127.0.0.1", port: hosts.mainPort },
    { host: "127.0.0.1", port: hosts.foreignPort },
  ];
  const other = randomOrigin(random, favourites);
  favourites.push({ host: other.hostname, port: other.port || { "http:": 80, "https:": 443 }[other.protocol] });
  const listed = [location.origin, other.origin];
  const absolute = (name) => new URL(`auth/${kind}/${name}`, location.href).href;
  const endpoints = { login: absolute("login"), logout: absolute("logout"), [kind === "session" ? "me" : "refresh"]: absolute(kind === "session" ? "me" : "refresh") };
  const based = hasBase ? { baseUrl: `${other.origin}/base/here` } : {};
  const { auth } = await started({ key: `${client} ${seed}`, origins: listed, insecureOrigins: listed, endpoints, ...based });
  const base = based.baseUrl ?? document.baseURI;
  let handed = [];
  window.fetch = async (...parts) => {
    handed.push(parts);
    return new Response();
  };
  const numbers = { urls: 0, listed: 0, sent: 0 };
  const wrong = [];
  for (let number = 0; number < count; number++) {
    const text = randomUrl(random, favourites);
    const { form, make } = random.pick(FORMS);
    const given = attempted(() => make(text, base));
    if (!given) continue;
    const url = parsed(given.value, base);
    const isListed = Boolean(url) && listed.includes(url.origin) && /^https?:$/.test(url.protocol);
    // Fetch refuses user names and passwords, listed or not.
    const expected = isListed && !url.username && !url.password;
    handed = [];
    const result = await outcome(() => auth.authFetch(given.value, { method: "POST", body: "x" }));
    const sent = handed.map((parts) => carrier(...parts)).filter(Boolean);
    const isStray = sent.some(({ url }) => !listed.includes(new URL(url).origin));
    numbers.urls += url ? 1 : 0;
    numbers.listed += isListed ? 1 : 0;
    numbers.sent += sent.length;
    if (isStray || sent.length !== (expected ? 1 : 0) || handed.length > 1)
      wrong.push({ seed, number, text: JSON.stringify(text), form, base, listed, origin: url?.origin, expected, sent: sent.length, result });
  }
  window.fetch = pageFetch;
  auth.dispose();
  return { ...numbers, wrong };
}

async function started(others) {
  await start(others);
  await auth.login(ada);
  return { auth };
}
