// Cases that are run twice in one page: by the browser's own `fetch`, and by `authFetch`, signed in. What a page can see of
// both, and what arrived at the server, has to be the same but for the credential.
//
// A case is a name and a function of `fetch` and of the tools below. A response that it gives is looked at whole.

const realFetch = window.fetch;
const here = (path) => new URL(path, document.baseURI).href;
const encoder = new TextEncoder();

/** What a case can use. `id` makes the URLs of one run its own. */
function toolsOf(id, places) {
  return {
    id,
    echo: `open/echo?id=${id}`,
    /** An answer to order: see `/open/answer` of the server. */
    answer: (order, place = "open/answer") => `${place}?${new URLSearchParams([...order, ["id", id]])}`,
    /** Another origin, which lets this page do everything. */
    foreign: (path) => `${places.foreign}/${path}`,
    /** Takes longer than any case. */
    slow: `open/slow?id=${id}`,
    pass: () => realFetch(`open/gate?${id}`, { method: "POST" }),
    gate: id,
    here,
  };
}

const get = (init) => (fetch, { echo }) => fetch(echo, init);
const post = (body, others) => (fetch, { echo }) =>
  fetch(echo, { method: "POST", body: typeof body === "function" ? body() : body, ...others });
const ordered = (order, init) => (fetch, { answer }) => fetch(answer(order), init);
const redirect = (status, init, to = (t) => here(t.echo)) => (fetch, t) =>
  fetch(t.answer([["status", status], ["header", `Location: ${to(t)}`]]), init);

function form() {
  const form = new FormData();
  form.append("name", "value");
  form.append("name", "ü \"quoted\"\r\nline");
  form.append("file", new File(["content"], "a b.txt", { type: "text/plain" }));
  return form;
}

/** Named by what it is made of. */
const each = (values, name, make) => values.map((value) => [`${name} ${JSON.stringify(value) ?? value}`, make(value)]);

/** `run` is called as soon as the headers are there. */
async function withHeaders(promise, run) {
  const response = await promise;
  return run(response);
}

async function error(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    return { error: told(error) };
  }
}

const told = (error) =>
  error instanceof Object
    ? { name: error.name, message: error.message, code: error.code, kind: Object.prototype.toString.call(error) }
    : { thrown: String(error), type: typeof error };

const inputs = [
  ["a relative URL", (fetch, { echo }) => fetch(echo)],
  ["an absolute URL", (fetch, { echo }) => fetch(here(echo))],
  ["a URL from the root", (fetch, { echo }) => fetch(new URL(here(echo)).pathname + "?x=1")],
  ["a URL with dots", (fetch, { echo }) => fetch(`./api/../${echo}`)],
  ["a URL with a fragment", (fetch, { echo }) => fetch(`${echo}#part`)],
  ["a URL with its scheme left out", (fetch, { echo }) => fetch(here(echo).replace("http:", ""))],
  ["a URL with white space around it", (fetch, { echo }) => fetch(` \n${echo}\t `)],
  ["a URL with letters beyond ASCII", (fetch, { echo }) => fetch(`${echo}&q=grüße ☃`)],
  ["a URL that is escaped in part", (fetch, { echo }) => fetch(`${echo}&q=%C3%BC%zz`)],
  ["an upper-case scheme", (fetch, { echo }) => fetch(here(echo).replace("http", "HTTP"))],
  ["only a query", (fetch) => fetch("?mode=none").then(({ status, url }) => ({ status, url }))],
  ["an empty string", (fetch) => fetch("").then(({ status, url, redirected }) => ({ status, url, redirected }))],
  ["a URL object", (fetch, { echo }) => fetch(new URL(here(echo)))],
  ["a URL object with a fragment", (fetch, { echo }) => fetch(new URL(`${here(echo)}#part`))],
  ["an object with toString", (fetch, { echo }) => fetch({ toString: () => echo })],
  ["an object whose toString throws", (fetch) => fetch({ toString: () => { throw new RangeError("mine"); } })],
  ["an array of one", (fetch, { echo }) => fetch([echo])],
  ["location", (fetch) => fetch(location).then(({ status, url }) => ({ status, url }))],
  ["null", (fetch) => fetch(null).then(({ status, url }) => ({ status, url }))],
  ["a number", (fetch) => fetch(7).then(({ status, url }) => ({ status, url }))],
  ["a symbol", (fetch) => fetch(Symbol("no URL"))],
  ["nothing", (fetch) => fetch()],
  ["undefined", (fetch) => fetch(undefined).then(({ status, url }) => ({ status, url }))],
  ["a host that is none", (fetch) => fetch("http://[")],
  ["a port that is none", (fetch) => fetch("http://127.0.0.1:99999/")],
  ["user-info", (fetch) => fetch("https://ada:secret@example.com/")],
  ["a Request", (fetch, { echo }) => fetch(new Request(echo, { headers: { "X-Own": "1" } }))],
  ["a Request with another method in init", (fetch, { echo }) => fetch(new Request(echo), { method: "DELETE" })],
  ["a Request with other headers in init", (fetch, { echo }) =>
    fetch(new Request(echo, { headers: { "X-Own": "1", "X-Two": "2" } }), { headers: { "X-Own": "3" } })],
  ["a Request with a body", (fetch, { echo }) => fetch(new Request(echo, { method: "POST", body: "text" }))],
  ["a Request with form data", (fetch, { echo }) => fetch(new Request(echo, { method: "POST", body: form() }))],
  ["a Request with a body and another in init", (fetch, { echo }) =>
    fetch(new Request(echo, { method: "PUT", body: "one" }), { body: "two" })],
  ["a Request that was read", async (fetch, { echo }) => {
    const request = new Request(echo, { method: "POST", body: "text" });
    await request.text();
    return fetch(request);
  }],
  ["a Request that was read, and a body in init", async (fetch, { echo }) => {
    const request = new Request(echo, { method: "POST", body: "text" });
    await request.text();
    return fetch(request, { body: "another" });
  }],
  ["a Request that is being read", (fetch, { echo }) => {
    const request = new Request(echo, { method: "POST", body: "text" });
    request.text();
    return fetch(request);
  }],
  ["a Request is used up at once", async (fetch, { echo }) => {
    const request = new Request(echo, { method: "POST", body: "text" });
    const answer = fetch(request);
    const { bodyUsed } = request;
    return { bodyUsed, status: (await answer).status, again: await error(fetch(request)) };
  }],
  ["a Request without a body can be sent again", async (fetch, { echo }) => {
    const request = new Request(echo);
    return [(await fetch(request)).status, (await fetch(request)).status, request.bodyUsed];
  }],
  ["a clone of a Request", async (fetch, { echo }) => {
    const request = new Request(echo, { method: "POST", body: "text" });
    const clone = request.clone();
    const first = await (await fetch(request)).json();
    return [first.body, (await (await fetch(clone)).json()).body];
  }],
  ["a Request of a subclass", (fetch, { echo }) => {
    class Own extends Request {}
    return fetch(new Own(echo, { headers: { "X-Own": "1" } }));
  }],
  ["a Request keeps its referrer", (fetch, { echo }) => fetch(new Request(echo, { referrer: here("other") }))],
  ["a Request keeps its referrer policy", (fetch, { echo }) =>
    fetch(new Request(echo, { referrerPolicy: "no-referrer" }))],
  ["more arguments than two", (fetch, { echo }) => fetch(echo, {}, () => {}, 4)],
];

const methods = [
  ...each(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"], "the method", (method) => get({ method })),
  ...each(["get", "head", "post", "Put", "delete", "options"], "the method", (method) => get({ method })),
  ...each(["patch", "QUERY", "PROPFIND", "x-own"], "the method", (method) => get({ method })),
  ...each(["TRACE", "CONNECT", "track", "a b", "", "ü", null, 5], "the method", (method) => get({ method })),
  ["an undefined method", get({ method: undefined })],
];

const headers = [
  ["headers as an object", get({ headers: { "X-One": "1", "x-two": "2" } })],
  ["headers as a list", get({ headers: [["X-One", "1"], ["X-One", "2"]] })],
  ["headers as Headers", get({ headers: new Headers({ "X-One": "1" }) })],
  ["headers as a Map", get({ headers: new Map([["X-One", "1"]]) })],
  ["headers undefined", get({ headers: undefined })],
  ["headers null", get({ headers: null })],
  ["headers as a string", get({ headers: "X-One: 1" })],
  ["a pair of three", get({ headers: [["X-One", "1", "2"]] })],
  ["an empty value", get({ headers: { "X-One": "" } })],
  ["a value with white space around it", get({ headers: { "X-One": " \t1 \n" } })],
  ["a value beyond ASCII", get({ headers: { "X-One": "\u00fc" } })],
  ["a value beyond Latin-1", get({ headers: { "X-One": "☃" } })],
  ["a value of two lines", get({ headers: { "X-One": "1\r\nX-Two: 2" } })],
  ["a value with a zero", get({ headers: { "X-One": "1\u00002" } })],
  ["values that are no strings", get({ headers: { "X-One": 1, "X-Two": true, "X-Three": null } })],
  ["an empty name", get({ headers: { "": "1" } })],
  ["a name with a space", get({ headers: { "a b": "1" } })],
  ["a name beyond ASCII", get({ headers: { "ü": "1" } })],
  ["names that differ by case", get({ headers: { "X-One": "1", "x-one": "2" } })],
  ["an Accept of one's own", get({ headers: { Accept: "text/x-own" } })],
  ["an Accept-Language of one's own", get({ headers: { "Accept-Language": "tlh" } })],
  ["a Content-Type without a body", get({ headers: { "Content-Type": "text/x-own" } })],
  ["a Content-Type for a body", post("text", { headers: { "Content-Type": "application/json" } })],
  ["a Content-Type for form data", post(form, { headers: { "Content-Type": "multipart/form-data; boundary=mine" } })],
  ["a Range", ordered([["body", "content"]], { headers: { Range: "bytes=0-1" } })],
  ["an If-None-Match", get({ headers: { "If-None-Match": '"1"' } })],
  ...each(
    ["Cookie", "Host", "Origin", "Referer", "Content-Length", "Connection", "Sec-Own", "Proxy-Own", "TE", "Date"],
    "a header that scripts cannot set,",
    (name) => get({ headers: { [name]: "1" } }),
  ),
  ["a method override that scripts cannot set", get({ headers: { "X-HTTP-Method-Override": "TRACE" } })],
  ["a User-Agent", get({ headers: { "User-Agent": "own/1" } })],
  ["an Authorization of one's own", async (fetch, t) => {
    // In session mode hallpass sends no such header; elsewhere one's own is left alone.
    return fetch(t.echo, { headers: { Authorization: "Basic b3duOm93bg==" } });
  }],
  ["a header whose getter throws", get({ headers: { get "X-One"() { throw new RangeError("mine"); } } })],
];

const bodies = [
  ...each(["", "text", "grüße ☃", "a\u0000b", "lone \ud800 surrogate"], "the string", (text) => post(text)),
  ...each([null, undefined, 0, 7.5, true, [1, 2], { a: 1 }], "the value", (value) => post(value)),
  ["URL parameters", post(() => new URLSearchParams({ a: "1 2", b: "ü&" }))],
  ["no URL parameters", post(() => new URLSearchParams())],
  ["form data", post(form)],
  ["empty form data", post(() => new FormData())],
  ["a blob", post(() => new Blob(["some ", "text"]))],
  ["a blob with a type", post(() => new Blob(["text"], { type: "text/x-own; charset=x" }))],
  ["an empty blob", post(() => new Blob([]))],
  ["a file", post(() => new File(["content"], "name.txt", { type: "text/x-own" }))],
  ["a part of a blob", post(() => new Blob(["0123456789"]).slice(2, 5))],
  ["a large blob", post(() => new Blob([new Uint8Array(3_000_000).fill(7)]))],
  ["a buffer", post(() => encoder.encode("bytes").buffer)],
  ["an empty buffer", post(() => new ArrayBuffer(0))],
  ["bytes", post(() => new Uint8Array([0, 255, 254, 1]))],
  ["a part of a buffer", post(() => new Uint8Array([1, 120, 121, 2]).subarray(1, 3))],
  ["numbers of two bytes", post(() => new Uint16Array([0x4142, 0x4344]))],
  ["a data view", post(() => new DataView(encoder.encode("0123456").buffer, 2, 3))],
  ["a long string", post("grüße ".repeat(50_000))],
  ["a body with GET", get({ body: "text" })],
  ["a body with HEAD", get({ method: "HEAD", body: "text" })],
  ["an empty body with GET", get({ body: "" })],
  ["a null body with GET", get({ body: null })],
  ["a body with DELETE", get({ method: "DELETE", body: "text" })],
  ["an object whose toString throws", post({ toString: () => { throw new RangeError("mine"); } })],
  ["bytes that change after the call", (fetch, { echo }) => {
    const body = encoder.encode("before");
    const answer = fetch(echo, { method: "POST", body });
    body.fill(120);
    return answer;
  }],
  ["form data that changes after the call", (fetch, { echo }) => {
    const body = new FormData();
    body.append("name", "before");
    const answer = fetch(echo, { method: "POST", body });
    body.append("name", "after");
    return answer;
  }],
  ["URL parameters that change after the call", (fetch, { echo }) => {
    const body = new URLSearchParams("a=before");
    const answer = fetch(echo, { method: "POST", body });
    body.append("a", "after");
    return answer;
  }],
  ["headers that change after the call", (fetch, { echo }) => {
    const headers = new Headers({ "X-One": "before" });
    const answer = fetch(echo, { headers });
    headers.set("X-One", "after");
    return answer;
  }],
  ["an init that changes after the call", (fetch, { echo }) => {
    const init = { method: "POST", body: "before" };
    const answer = fetch(echo, init);
    Object.assign(init, { method: "DELETE", body: "after" });
    return answer;
  }],
  ["a stream where `duplex` is missing", post(() => new Blob(["text"]).stream())],
];

const streamOf = (...chunks) =>
  new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
    },
  });

/** For engines that send streams; here the server speaks HTTP/1.1, over which they refuse to. */
const streams = [
  ["a stream", post(() => streamOf("one ", "two"), { duplex: "half" })],
  ["an empty stream", post(() => streamOf(), { duplex: "half" })],
  ["a stream of no bytes", post(() => streamOf(5), { duplex: "half" })],
  ["a stream that fails", post(() => new ReadableStream({ start: (c) => c.error(new RangeError("mine")) }), { duplex: "half" })],
  ["a stream that is locked", post(() => { const stream = streamOf("one"); stream.getReader(); return stream; }, { duplex: "half" })],
  ["a stream is locked at once", (fetch, { echo }) => {
    const body = streamOf("one");
    const answer = error(fetch(echo, { method: "POST", body, duplex: "half" }));
    return answer.then((answer) => ({ locked: body.locked, failed: Boolean(answer.error) }));
  }],
  ["a Request with a stream", (fetch, { echo }) =>
    fetch(new Request(echo, { method: "POST", body: streamOf("one"), duplex: "half" }))],
];

const members = [
  ...each(["default", "no-store", "reload", "no-cache", "force-cache"], "cache", (cache) => get({ cache })),
  ["cache only-if-cached, and nothing cached", get({ cache: "only-if-cached", mode: "same-origin" })],
  ["cache only-if-cached in the wrong mode", get({ cache: "only-if-cached" })],
  ["cache of no such name", get({ cache: "never" })],
  ["an answer from the cache", async (fetch, t) => {
    const url = t.answer([["header", "Cache-Control: max-age=600"], ["header", "X-Time: 1"], ["body", "kept"]]);
    const first = await (await fetch(url)).text();
    const second = await fetch(url, { cache: "only-if-cached", mode: "same-origin" });
    return [first, second.status, await second.text()];
  }],
  ["an answer that is validated", async (fetch, t) => {
    const url = t.answer([["header", 'ETag: "1"'], ["header", "Cache-Control: no-cache"], ["body", "kept"]]);
    return [await (await fetch(url)).text(), await (await fetch(url)).text()];
  }],
  ...each(["omit", "same-origin", "include"], "credentials", (credentials) => get({ credentials })),
  ["credentials of no such name", get({ credentials: "always" })],
  ...each(["cors", "same-origin", "no-cors"], "mode", (mode) => get({ mode })),
  ["mode navigate", get({ mode: "navigate" })],
  ["mode of no such name", get({ mode: "own" })],
  ["mode no-cors with a method that it forbids", get({ mode: "no-cors", method: "PUT" })],
  ...each(["", "about:client", "other?page"], "referrer", (referrer) => get({ referrer })),
  ["a referrer of another origin", get({ referrer: "https://example.com/" })],
  ["a referrer that is none", get({ referrer: "http://[" })],
  ...each(
    ["", "no-referrer", "origin", "unsafe-url", "same-origin", "strict-origin-when-cross-origin"],
    "referrerPolicy",
    (referrerPolicy) => get({ referrerPolicy }),
  ),
  ["a referrer policy of no such name", get({ referrerPolicy: "always" })],
  ["an integrity that fits", ordered([["body", "abc"]], { integrity: "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" })],
  ["an integrity that does not fit", ordered([["body", "abd"]], { integrity: "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" })],
  ["an integrity of no known kind", ordered([["body", "abd"]], { integrity: "own-1" })],
  ["keepalive", get({ keepalive: true })],
  ["keepalive with a body", post("text", { keepalive: true })],
  ["a Request with keepalive and more than it may carry", (fetch, { echo }) =>
    fetch(new Request(echo, { method: "POST", body: "x".repeat(70_000), keepalive: true }))],
  ...each(["high", "low", "auto"], "priority", (priority) => get({ priority })),
  ["a priority of no such name", get({ priority: "urgent" })],
  ["duplex half without a stream", post("text", { duplex: "half" })],
  ["duplex of no such name", post("text", { duplex: "full" })],
  ["window null", get({ window: null })],
  ["window", get({ window: 5 })],
  ["signal null", get({ signal: null })],
  ["signal that is none", get({ signal: {} })],
  ["members that fetch does not know", get({ next: { revalidate: 1 }, cf: {}, timeout: 1 })],
  ["init null", get(null)],
  ["init undefined", get(undefined)],
  ["init as a number", get(5)],
  ["init as a string", get("POST")],
  ["init as a function", get(Object.assign(() => {}, { method: "POST" }))],
  ["init as a class", get(new (class { get method() { return "PUT"; } })())],
  ["init whose prototype has the members", get(Object.create({ method: "PATCH" }))],
  ["init whose getter throws", get({ get method() { throw new RangeError("mine"); } })],
  ["init as a Request", (fetch, { echo }) => fetch(echo, new Request("other", { method: "DELETE", headers: { "X-One": "1" } }))],
];

const aborts = [
  ["a signal that was aborted before", get({ signal: AbortSignal.abort() })],
  ["a reason that is no error", get({ signal: AbortSignal.abort("mine") })],
  ["a reason that is an error", get({ signal: AbortSignal.abort(new RangeError("mine")) })],
  ["a reason that is null", get({ signal: AbortSignal.abort(null) })],
  ["the reason is the very same", async (fetch, { slow }) => {
    const controller = new AbortController();
    const reason = { mine: true };
    const answer = fetch(slow, { signal: controller.signal }).catch((error) => error === reason);
    controller.abort(reason);
    return answer;
  }],
  ["an abort at once", (fetch, { slow }) => {
    const controller = new AbortController();
    const answer = fetch(slow, { signal: controller.signal });
    controller.abort();
    return answer;
  }],
  ["an abort after a microtask", async (fetch, { slow }) => {
    const controller = new AbortController();
    const answer = fetch(slow, { signal: controller.signal });
    Promise.resolve().then(() => controller.abort());
    return answer;
  }],
  ["an abort while it is under way", (fetch, { slow }) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 60);
    return fetch(slow, { signal: controller.signal });
  }],
  ["an abort while a body is sent", (fetch, { slow }) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 60);
    return fetch(slow, { method: "POST", body: new Blob([new Uint8Array(5_000_000)]), signal: controller.signal });
  }],
  ["a time limit", (fetch, { slow }) => fetch(slow, { signal: AbortSignal.timeout(60) })],
  ["any of two signals", (fetch, { slow }) =>
    fetch(slow, { signal: AbortSignal.any([new AbortController().signal, AbortSignal.timeout(60)]) })],
  ["the signal of a Request", (fetch, { slow }) => {
    const controller = new AbortController();
    const answer = fetch(new Request(slow, { signal: controller.signal }));
    controller.abort();
    return answer;
  }],
  ["a signal in init in place of a Request's", (fetch, { slow }) => {
    const controller = new AbortController();
    const answer = fetch(new Request(slow, { signal: new AbortController().signal }), { signal: controller.signal });
    controller.abort();
    return answer;
  }],
  ["no signal in init in place of a Request's", (fetch, { echo }) =>
    fetch(new Request(echo, { signal: AbortSignal.abort() }), { signal: null })],
  ["an abort after the headers", (fetch, t) => {
    const controller = new AbortController();
    const order = t.answer([["chunks", 2], ["gate", `${t.gate}-a`]]);
    return withHeaders(fetch(order, { signal: controller.signal }), async (response) => {
      const reader = response.body.getReader();
      await reader.read();
      controller.abort();
      return [response.status, await error(reader.read()), await error(response.text())];
    });
  }],
  ["an abort after the end", async (fetch, { echo }) => {
    const controller = new AbortController();
    const response = await fetch(echo, { signal: controller.signal });
    const { method } = await response.json();
    controller.abort();
    return method;
  }],
  ["an abort between the headers and the text", (fetch, t) => {
    const controller = new AbortController();
    const order = t.answer([["chunks", 2], ["gate", `${t.gate}-b`]]);
    return withHeaders(fetch(order, { signal: controller.signal }), async (response) => {
      const text = error(response.text());
      controller.abort(new RangeError("mine"));
      return text;
    });
  }],
];

const redirects = [
  ...each([301, 302, 303, 307, 308], "GET and", (status) => redirect(status)),
  ...each([301, 302, 303, 307, 308], "POST and", (status) => redirect(status, { method: "POST", body: "text" })),
  ...each([301, 303, 308], "PUT and", (status) => redirect(status, { method: "PUT", body: "text", headers: { "X-One": "1" } })),
  ...each([302, 303], "HEAD and", (status) => redirect(status, { method: "HEAD" })),
  ["a redirect that is followed by hand", redirect(302, { redirect: "manual" })],
  ["a redirect that is refused", redirect(302, { redirect: "error" })],
  ["a redirect mode of no such name", redirect(302, { redirect: "never" })],
  ["a redirect without a place", ordered([["status", 302], ["body", "nowhere"]])],
  ["a redirect to a place that is none", redirect(302, undefined, () => "http://[")],
  ["a redirect to a fragment", redirect(302, undefined, (t) => `${here(t.echo)}#part`)],
  ["a fragment that goes along", (fetch, t) =>
    fetch(`${t.answer([["status", 302], ["header", `Location: ${here(t.echo)}`]])}#mine`)],
  ["a chain of redirects", redirect(302, undefined, (t) =>
    here(t.answer([["status", 307], ["header", `Location: ${here(t.echo)}`]])))],
  ["a redirect to itself", redirect(302, undefined, (t) => here(t.answer([["status", 302], ["header", "Location: ?"]])) )],
  ["a redirect to data", redirect(302, undefined, () => "data:,text")],
  ["a redirect to another origin", redirect(302, undefined, (t) => t.foreign(t.echo))],
  ["a redirect to another origin in same-origin mode", redirect(302, { mode: "same-origin" }, (t) => t.foreign(t.echo))],
  ["a redirect to another origin with a body", redirect(307, { method: "POST", body: "text" }, (t) => t.foreign(t.echo))],
  ["300", ordered([["status", 300], ["header", "Location: other"], ["body", "choose"]])],
  ["304", ordered([["status", 304]])],
];

const statuses = [
  ...each(
    [200, 201, 202, 203, 206, 226, 299, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 418, 419, 422, 425, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 511, 599],
    "the status",
    (status) => ordered([["status", status], ["body", "text"]]),
  ),
  ...each([204, 205], "the status", (status) => ordered([["status", status]])),
];

const answers = [
  ["JSON", (fetch, t) => fetch(t.echo).then((response) => response.json()).then(({ method }) => method)],
  ["JSON that is none", (fetch, t) => fetch(t.answer([["body", "{"]])).then((response) => response.json())],
  ["a blob", async (fetch, t) => {
    const order = t.answer([["header", "Content-Type: text/x-own"], ["body", "text"]]);
    const blob = await (await fetch(order)).blob();
    return [blob.type, blob.size, await blob.text()];
  }],
  ["a buffer", async (fetch, t) => {
    const buffer = await (await fetch(t.answer([["base64", "AP/+AQ=="]]))).arrayBuffer();
    return [...new Uint8Array(buffer)];
  }],
  ["form data", async (fetch, t) => {
    const order = t.answer([["header", "Content-Type: application/x-www-form-urlencoded"], ["body", "a=1&b=2"]]);
    return [...(await (await fetch(order)).formData())];
  }],
  ["text that is no UTF-8", ordered([["base64", "YfzDvA=="]])],
  ["text with a byte order mark", ordered([["base64", "77u/YQ=="]])],
  ["a body in gzip", ordered([
    ["header", "Content-Encoding: gzip"],
    ["base64", "H4sIAAAAAAACA0vOzytJzSsBAKkwxf4HAAAA"],
  ])],
  ["a body that claims to be gzip", ordered([["header", "Content-Encoding: gzip"], ["body", "none"]])],
  ["a body that breaks off", (fetch, t) =>
    withHeaders(fetch(t.answer([["broken", "half"], ["gate", t.gate]])), async (response) => {
      await t.pass();
      return [response.status, await error(response.text()), response.bodyUsed];
    })],
  ["headers that scripts cannot see", ordered([["header", "Set-Cookie: own=1; Path=/none"], ["header", "X-Own: 1"]])],
  ["a header that comes twice", ordered([["header", "X-Own: 1"], ["header", "X-Own: 2"]])],
  ["headers cannot be changed", async (fetch, t) => {
    const response = await fetch(t.echo);
    return error(Promise.resolve().then(() => response.headers.set("X-Own", "1")));
  }],
  ["read twice", async (fetch, t) => {
    const response = await fetch(t.echo);
    await response.text();
    return [response.bodyUsed, await error(response.text())];
  }],
  ["a clone", async (fetch, t) => {
    const response = await fetch(t.answer([["body", "text"]]));
    const clone = response.clone();
    return [await response.text(), clone.bodyUsed, await clone.text()];
  }],
  ["a clone that comes too late", async (fetch, t) => {
    const response = await fetch(t.answer([["body", "text"]]));
    await response.text();
    return error(Promise.resolve().then(() => response.clone()));
  }],
  ["a body that is cancelled", async (fetch, t) => {
    const response = await fetch(t.answer([["bytes", 1_000_000]]));
    await response.body.cancel();
    // WebKit has one message for a body that had arrived by then, and another for one that had not.
    return [response.bodyUsed, (await error(response.text())).error?.name];
  }],
  ["a reader", async (fetch, t) => {
    const reader = (await fetch(t.answer([["bytes", 200_000]]))).body.getReader();
    let length = 0;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return length;
      length += value.length;
    }
  }],
  ["pieces come as they are sent", async (fetch, t) => {
    const { body, status } = await fetch(t.answer([["chunks", 4], ["gate", t.gate]]));
    const reader = body.getReader();
    const pieces = [];
    for (;;) {
      // The server sends the next piece when this one has been read: an answer that is held back would never end.
      const { value, done } = await reader.read();
      if (done) return [status, pieces];
      pieces.push(new TextDecoder().decode(value));
      await t.pass();
    }
  }],
  ["a body through a transform", async (fetch, t) => {
    const { body } = await fetch(t.answer([["body", "text"]]));
    const through = body.pipeThrough(new TextDecoderStream());
    return new Response(through.pipeThrough(new TextEncoderStream())).text();
  }],
  ["an empty body", async (fetch, t) => {
    const response = await fetch(t.answer([["status", 200]]));
    return [response.body === null, await response.text()];
  }],
  ["the body of a HEAD", async (fetch, t) => {
    const response = await fetch(t.answer([["body", "text"]]), { method: "HEAD" });
    return [response.body === null, await response.text(), response.headers.get("content-length")];
  }],
  ["a large body", async (fetch, t) => (await (await fetch(t.answer([["bytes", 5_000_000]]))).arrayBuffer()).byteLength],
  ["it is a Response", async (fetch, t) => {
    const response = await fetch(t.echo);
    return [response instanceof Response, response.constructor === Response, Object.keys(response)];
  }],
  ["a promise", async (fetch, t) => {
    const promise = fetch(t.echo);
    await promise;
    return [promise instanceof Promise, typeof promise.then];
  }],
  ["nothing is thrown at once", async (fetch) => {
    const promises = [fetch(), fetch("http://["), fetch("", { method: "TRACE" }), fetch(Symbol("no URL"))];
    return Promise.all(promises.map(error));
  }],
  ["without `this`", async (fetch, t) => fetch.call(undefined, t.echo)],
  ["many at once", async (fetch, t) => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => fetch(`${t.echo}&n=${number}`)));
    return Promise.all(answers.map(async (answer) => (await answer.json()).query));
  }],
];

const schemes = [
  ["data", (fetch) => fetch("data:text/x-own,content")],
  ["data in base64", (fetch) => fetch("data:;base64,AP8=")],
  ["data that is none", (fetch) => fetch("data:no comma")],
  ["data with a method", (fetch) => fetch("data:,text", { method: "POST", body: "x" })],
  ["a blob URL", async (fetch) => {
    const url = URL.createObjectURL(new Blob(["content"], { type: "text/x-own" }));
    const answer = await fetch(url);
    URL.revokeObjectURL(url);
    return [answer.status, answer.type, await answer.text(), answer.headers.get("content-type")];
  }],
  ["a blob URL that was revoked", (fetch) => {
    const url = URL.createObjectURL(new Blob(["content"]));
    URL.revokeObjectURL(url);
    return error(fetch(url)).then(({ error }) => error?.name);
  }],
  ["about:blank", (fetch) => fetch("about:blank")],
  ["a file", (fetch) => fetch("file:///none")],
  ["a script", (fetch) => fetch("javascript:1")],
  ["a web socket", (fetch) => fetch("ws://127.0.0.1:1/")],
  ["no scheme that there is", (fetch) => fetch("own:text")],
  ["a port that browsers refuse", (fetch) => fetch("http://127.0.0.1:25/")],
  ["a port where nobody listens", (fetch) => fetch("http://127.0.0.1:1/")],
];

const crossing = [
  ["another origin", (fetch, t) => fetch(t.foreign(t.echo))],
  ["another origin, POST", (fetch, t) => fetch(t.foreign(t.echo), { method: "POST", body: "text" })],
  ["another origin, with a preflight", (fetch, t) =>
    fetch(t.foreign(t.echo), { method: "PUT", body: "{}", headers: { "Content-Type": "application/json" } })],
  ["another origin, a header that it does not allow", (fetch, t) =>
    fetch(t.foreign(t.echo), { headers: { "X-Never-Allowed": "1" } })],
  ["another origin, no-cors", (fetch, t) => fetch(t.foreign(t.echo), { mode: "no-cors" })],
  ["another origin, same-origin", (fetch, t) => fetch(t.foreign(t.echo), { mode: "same-origin" })],
  ["another origin, omit", (fetch, t) => fetch(t.foreign(t.echo), { credentials: "omit" })],
  ["another origin, include", (fetch, t) => fetch(t.foreign(t.echo), { credentials: "include" })],
  ["another origin, headers that scripts may see", (fetch, t) =>
    fetch(t.foreign(t.answer([["header", "Retry-After: 5"], ["header", "X-Own: 1"], ["status", 429]])))],
  ["another origin, 404", (fetch, t) => fetch(t.foreign(t.answer([["status", 404], ["body", "none"]])))],
  ["another origin, a Request", (fetch, t) => fetch(new Request(t.foreign(t.echo), { method: "POST", body: "text" }))],
  ["another origin, a redirect there", (fetch, t) =>
    fetch(t.foreign(t.answer([["status", 302], ["header", `Location: ${t.foreign(t.echo)}`]])))],
  ["another origin, an abort", (fetch, t) => fetch(t.foreign(t.echo), { signal: AbortSignal.abort() })],
];

export const groups = {
  inputs, methods, headers, bodies, streams, members, aborts, redirects, statuses, answers, schemes, crossing,
};

/** How many cases there are. */
export const count = () => Object.values(groups).flat().length;

/** Of one length, as some answers tell how long they are. */
let runs = 10_000;

/** Where two results differ: path, ours, theirs. */
function differencesOf(ours, theirs, path = "") {
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return [];
  const isTree = (value) => typeof value === "object" && value !== null;
  if (!isTree(ours) || !isTree(theirs)) return [[path, ours, theirs]];
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].flatMap((name) => differencesOf(ours[name], theirs[name], `${path}.${name}`));
}

/** Runs a group. What comes out: how many cases, how many of our calls carried a token, and what differs. */
export async function compare(group, places) {
  const differing = [];
  let credentials = 0;
  const names = new Set();
  for (const [name, script] of groups[group]) {
    if (names.has(name)) throw new Error(`two cases are called: ${name}`);
    names.add(name);
    const theirs = await observe(realFetch, script, places);
    const ours = await observe(auth.authFetch, script, places);
    const stray = takeCredential(ours, theirs, places);
    credentials += stray === "sent" ? 1 : 0;
    const differences = differencesOf(ours, theirs);
    if (stray === "missing") differences.push(["credential", "missing"]);
    if (differences.length > 0) differing.push({ name, differences });
  }
  return { cases: names.size, credentials, differing };
}

async function observe(fetch, script, places) {
  const id = `r${++runs}`;
  try {
    const value = await script(fetch, toolsOf(id, places));
    const result = value instanceof Response ? await look(value) : { value };
    return JSON.parse(normal(JSON.stringify(result), id, result.boundary));
  } catch (error) {
    return JSON.parse(normal(JSON.stringify({ error: told(error) }), id));
  }
}

async function look(response) {
  const { status, statusText, ok, type, url, redirected, bodyUsed } = response;
  const headers = [...response.headers].filter(([name]) => name !== "date");
  const hasBody = response.body !== null;
  const seen = { status, statusText, ok, type, url, redirected, bodyUsed, headers, hasBody };
  // As long as what was sent.
  if (url.includes("/echo")) seen.headers = headers.filter(([name]) => name !== "content-length");
  try {
    const text = await response.text();
    seen.body = text;
    const echo = JSON.parse(text);
    seen.body = echo;
    seen.boundary = /^--(\S+?)(--)?\r\n/.exec(echo.body)?.[1];
    // Firefox's boundaries are not of one length.
    if (seen.boundary) delete echo.headers["content-length"];
  } catch (error) {
    if (seen.body === undefined) seen.error = told(error);
  }
  return seen;
}

/** What differs between any two runs. */
function normal(text, id, boundary) {
  const own = text.replaceAll(id, "id");
  return boundary ? own.replaceAll(boundary, "boundary") : own;
}

/** Takes the credential out of what arrived by `authFetch`: it is the one thing that may differ. */
function takeCredential(ours, theirs, { isListed }) {
  const [own, other] = [ours.body?.headers, theirs.body?.headers];
  if (!own || !other) return undefined;
  if (kind === "session") {
    delete own["x-xsrf-token"];
    // On the own origin the cookie goes along by itself.
    if (isListed && own.cookie && !other.cookie) delete own.cookie;
    return undefined;
  }
  const isOurs = isListed || ours.url.startsWith(location.origin);
  if (other.authorization) return undefined;
  if (/^(Bearer|DPoP) \S+$/.test(own.authorization)) {
    if (!isOurs) return undefined;
    // A token that is bound to a key comes with a proof.
    if (own.authorization.startsWith("DPoP")) {
      if (!own.dpop) return "missing";
      delete own.dpop;
    }
    delete own.authorization;
    return "sent";
  }
  return isOurs && own["sec-fetch-mode"] !== "no-cors" ? "missing" : undefined;
}
