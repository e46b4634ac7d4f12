// Calls that `fetch` and `authFetch` have to take in the same way: what each comes to, in the words of the page.

/** In the page: the outcomes of `send` at `url`, whose answers have `body` as it came. */
export async function outcomes([name, url]) {
  const send = name === "fetch" ? (...args) => fetch(...args) : (...args) => auth.authFetch(...args);
  const form = new FormData();
  form.append("a", "1");
  const stopped = AbortSignal.abort(new Error("mine"));
  const calls = {
    text: () => send(url, { method: "POST", body: "text" }),
    form: () => send(url, { method: "POST", body: form }),
    search: () => send(new URL(url), { method: "POST", body: new URLSearchParams({ a: "b c" }) }),
    bytes: () => send(url, { method: "PUT", body: new Uint8Array([97, 98]) }),
    blob: () => send(url, { method: "POST", body: new Blob(["blob"]) }),
    request: () => send(new Request(url, { method: "POST", body: "of a request" })),
    both: () => send(new Request(url), { method: "POST", body: "over it", headers: { "content-type": "text/plain" } }),
    stopped: () => send(url, { signal: stopped }),
    bodyOfGet: () => send(url, { body: "no" }),
    badHeader: () => send(url, { headers: { "a b": "c" } }),
    badUrl: () => send("http://[", {}),
    badInit: () => send(url, { mode: "navigate" }),
    nothing: () => send(),
  };
  const came = {};
  for (const [what, call] of Object.entries(calls)) {
    try {
      const response = await call();
      const { body } = await response.json();
      came[what] = [response.ok, response.type, response.redirected, body.replace(/-{4,}\w+(-\w+)*/g, "boundary")];
    } catch (error) {
      came[what] = [error.name, error.message];
    }
  }
  return came;
}
