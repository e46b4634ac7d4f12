// What goes over the network, and what must not: each secret has the places that it was made for.

/** How each secret is written, so that it is found wherever it stands. */
const SECRET = /secret-\d+-[a-z]+-\w+|eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

export class Network {
  /** By origin: what answers. */
  servers = new Map();
  #secrets = new Map();

  constructor(world) {
    this.world = world;
  }

  /** A new secret. `isFor(origin, path)`: whether it may go there; without a path it is a page that is shown. */
  secret(kind, owner, isFor) {
    return this.guard(`secret-${this.world.number()}-${kind}-${owner}`, isFor);
  }

  guard(text, isFor) {
    this.#secrets.set(text, isFor);
    return text;
  }

  async fetch(page, input, init) {
    const { world } = this;
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const body = await request.text();
    const form = Object.fromEntries(new URLSearchParams(body));
    const url = new URL(request.url);
    const call = { method: request.method, url, headers: request.headers, form, body, page };
    if (page.isGone) return new Promise(() => {});
    return new Promise((resolve, reject) => {
      const lost = (words) => {
        page.tell(`${words} ${call.method} ${url.origin}${url.pathname}`);
        this.servers.get(url.origin)?.lost?.(call);
        world.soon(() => reject(new TypeError("Failed to fetch")), { owner: page });
      };
      request.signal.addEventListener("abort", () => reject(request.signal.reason));
      // What has gone out arrives, whatever becomes of the page.
      world.soon(() => {
        if (world.isOnceIn(25)) return lost("loses");
        const { status = 200, json, date = true } = this.#answered(call);
        if (world.isOnceIn(25)) return lost("loses the answer to");
        const headers = { "content-type": "application/json", ...(date && { date: new Date(world.now).toUTCString() }) };
        const response = new Response(json === undefined ? null : JSON.stringify(json), { status, headers });
        Object.defineProperty(response, "url", { value: url.href });
        world.soon(() => resolve(response), { owner: page });
      });
    });
  }

  #answered(call) {
    const { url, method, headers, body } = call;
    this.#look(url.origin, url.pathname, [url.href, ...headers.values(), body].join(" "));
    const server = this.servers.get(url.origin);
    if (!server) return { status: 404 };
    const answer = server.respond(call);
    call.page.tell(`${method} ${url.origin}${url.pathname}${call.form.grant_type ? ` ${call.form.grant_type} ${call.form.code ?? call.form.refresh_token ?? ""}` : ""}: ${answer.status ?? 200}`);
    return answer;
  }

  /** What a tab finds at a page of a provider. */
  visit(url, tab) {
    const { origin } = new URL(url);
    this.#look(origin, undefined, url);
    return this.servers.get(origin)?.visit?.(new URL(url), tab);
  }

  #look(origin, path, text) {
    for (const [secret] of text.matchAll(SECRET)) {
      const isFor = this.#secrets.get(secret);
      if (isFor && !isFor(origin, path)) this.world.fail(`${secret} has come to ${origin}${path ?? ""}`);
    }
  }
}
