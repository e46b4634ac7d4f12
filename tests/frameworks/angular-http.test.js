// `HttpClient` over `hallpass/angular`: what goes out, what comes back, how it ends.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ada, options, startProbe } from "./lib/probe.js";

for (const kind of ["angular", "angular-zone"]) {
  describe(kind, () => {
    let probe;
    before(async () => (probe = await startProbe(kind, { own: ["angular-probe.js"] })));
    after(() => probe?.close());

    /** A page with `client()`: `HttpClient` of an app that is signed in, and `ended(call)`: its events, and how it ended. */
    const open = async (t) => {
      const page = await probe.open(t);
      await page.evaluate(
        async ({ options, ada }) => {
          const { createAuth, provideAuth, provideHttpClient, start, HttpClient } = lib;
          lib.auth = await createAuth(options);
          await lib.auth.login(ada);
          lib.client = async (...features) => {
            lib.running = await start({ providers: [provideHttpClient(...features), provideAuth(lib.auth)] });
            return lib.running.get(HttpClient);
          };
          lib.ended = (call) =>
            new Promise((resolve) => {
              const events = [];
              call.subscribe({
                next: (event) => events.push(event),
                error: (error) => resolve({ events, error }),
                complete: () => resolve({ events }),
              });
            });
        },
        { options, ada },
      );
      return page;
    };

    test("a call carries the credential, the app's headers, params and body", async (t) => {
      const page = await open(t);
      await page.route("**/api/echo*", (route) => {
        const request = route.request();
        return route.fulfill({ json: { url: new URL(request.url()).search, method: request.method(), body: request.postData(), headers: request.headers() } });
      });
      const seen = await page.evaluate(async () => {
        const http = await lib.client();
        const { events } = await lib.ended(http.put("/api/echo", { a: "ä" }, { params: { q: ["1", "2"] }, headers: { "X-Own": ["a", "b"] } }));
        const form = await lib.ended(http.post("/api/echo", new lib.HttpParams({ fromObject: { a: "1" } }), { headers: { Accept: "text/x" } }));
        const plain = await lib.ended(http.get("/api/echo", { withCredentials: true, cache: "no-store", keepalive: true }));
        return [...events, ...form.events, ...plain.events];
      });
      const [json, form, plain] = seen;
      assert.deepEqual([json.url, json.method, json.body], ["?q=1&q=2", "PUT", '{"a":"ä"}']);
      assert.match(json.headers.authorization, /^Bearer ./);
      assert.equal(json.headers["x-own"], "a,b");
      assert.equal(json.headers["content-type"], "application/json");
      assert.equal(json.headers.accept, "application/json, text/plain, */*");
      assert.equal(form.headers["content-type"], "application/x-www-form-urlencoded;charset=UTF-8");
      assert.deepEqual([form.body, form.headers.accept], ["a=1", "text/x"]);
      assert.equal(plain.headers["content-type"], undefined);
    });

    test("each kind of answer", async (t) => {
      const page = await open(t);
      const answers = {
        json: { contentType: "application/json", body: ')]}\',\n{"a":"ä"}' },
        empty: { status: 204 },
        latin: { contentType: "text/plain; charset=iso-8859-1", body: Buffer.from([0xe4]) },
        bytes: { contentType: "image/x", body: Buffer.from([1, 2, 255]) },
        broken: { contentType: "application/json", body: "<html>" },
        teapot: { status: 418, contentType: "text/plain", body: "no coffee" },
        refusal: { status: 422, json: { code: "short" } },
      };
      await page.route("**/api/answer/*", (route) => route.fulfill(answers[route.request().url().split("/").at(-1)]));
      const seen = await page.evaluate(async () => {
        const http = await lib.client();
        const bodyOf = async (name, options) => {
          const { events, error } = await lib.ended(http.get(`/api/answer/${name}`, options));
          return error ? [error instanceof lib.HttpErrorResponse, error.status, error.error?.text ?? error.error, new URL(error.url).pathname] : events[0];
        };
        const blob = await bodyOf("bytes", { responseType: "blob" });
        const response = await bodyOf("bytes", { responseType: "arraybuffer", observe: "response" });
        return {
          json: await bodyOf("json"),
          empty: await bodyOf("empty"),
          latin: await bodyOf("latin", { responseType: "text" }),
          blob: [blob.type, ...new Uint8Array(await blob.arrayBuffer())],
          bytes: [response.status, response.ok, response.headers.get("content-type"), new URL(response.url).pathname, ...new Uint8Array(response.body)],
          broken: (await bodyOf("broken")).toSpliced(2, 1),
          teapot: await bodyOf("teapot"),
          refusal: await bodyOf("refusal"),
        };
      });
      assert.deepEqual(seen, {
        json: { a: "ä" },
        empty: null,
        latin: "ä",
        blob: ["image/x", 1, 2, 255],
        bytes: [200, true, "image/x", "/api/answer/bytes", 1, 2, 255],
        broken: [true, 200, "/api/answer/broken"],
        teapot: [true, 418, "no coffee", "/api/answer/teapot"],
        refusal: [true, 422, { code: "short" }, "/api/answer/refusal"],
      });
    });

    test("the events of a download, in the zone of who listens", async (t) => {
      const page = await open(t);
      await page.route("**/api/long", (route) => route.fulfill({ body: "long text", headers: { "content-length": "9", "content-type": "text/plain" } }));
      const { told, zones } = await page.evaluate(async () => {
        const http = await lib.client();
        const zone = lib.running.get(lib.NgZone);
        const zones = [];
        const note = () => zones.push(lib.NgZone.isInAngularZone());
        const { events } = await zone.run(() => {
          const call = http.get("/api/long", { observe: "events", reportProgress: true, responseType: "text" });
          call.subscribe({ next: note, complete: note });
          return lib.ended(call);
        });
        return { told: events.map(({ type, loaded, total, partialText, body }) => ({ type, loaded, total, partialText, body })), zones };
      });
      const types = told.map(({ type }) => type);
      assert.deepEqual([types[0], types[1], types.at(-1)], [0, 2, 4]);
      assert.deepEqual(told.at(-2), { type: 3, loaded: 9, total: 9, partialText: "long text", body: undefined });
      assert.equal(told.at(-1).body, "long text");
      assert.deepEqual([...new Set(zones)], [kind === "angular-zone"]);
    });

    test("without an answer the status is 0, with the reason as its error", async (t) => {
      const page = await open(t);
      await page.route("**/api/gone", (route) => route.abort());
      const seen = await page.evaluate(async () => {
        const http = await lib.client();
        const gone = await lib.ended(http.get("/api/gone"));
        lib.auth.dispose();
        const late = await lib.ended(http.get("/api/gone"));
        return [gone, late].map(({ error }) => [error.name, error.status, error.error.name, error.error.code ?? null]);
      });
      assert.deepEqual(seen, [
        ["HttpErrorResponse", 0, "TypeError", null],
        ["HttpErrorResponse", 0, "AuthError", "disposed"],
      ]);
    });

    test("who unsubscribes ends the call, and so do its time limit and the end of the app", async (t) => {
      const page = await open(t);
      await page.route("**/api/hangs*", () => {});
      const failed = (n) => page.waitForEvent("requestfailed", (request) => request.url().endsWith(`/api/hangs?${n}`));
      const sent = (n) => page.waitForRequest((request) => request.url().endsWith(`/api/hangs?${n}`));
      const all = [1, 2, 3].flatMap((n) => [failed(n), sent(n)]);
      await page.evaluate(async () => {
        lib.http = await lib.client();
        lib.call = lib.http.get("/api/hangs?1").subscribe();
      });
      await all[1];
      await page.evaluate(() => lib.call.unsubscribe());
      const error = await page.evaluate(async () => (await lib.ended(lib.http.get("/api/hangs?2", { timeout: 300 }))).error.error.name);
      assert.equal(error, "TimeoutError");
      await page.evaluate(() => void (lib.last = lib.ended(lib.http.get("/api/hangs?3"))));
      await all[5];
      const last = await page.evaluate(async () => {
        lib.running.app.destroy();
        return (await lib.last).events;
      });
      assert.deepEqual(last, []);
      await Promise.all(all);
    });

    test("a 401 is renewed and sent again; an interceptor sees the last answer only", async (t) => {
      const page = await open(t);
      const refused = [];
      await page.route("**/api/jwt/orders", (route) => {
        const { authorization } = route.request().headers();
        refused.push(authorization);
        return refused.length === 1 ? route.fulfill({ status: 401, headers: { "www-authenticate": 'Bearer error="invalid_token"' } }) : route.continue();
      });
      const refresh = page.waitForRequest("**/auth/jwt/refresh");
      const { statuses, orders } = await page.evaluate(async () => {
        const { tap, withInterceptors, HttpResponse } = lib;
        const statuses = [];
        const note = (event) => event instanceof HttpResponse && statuses.push(event.status);
        const noting = (request, next) => next(request.clone({ setHeaders: { "X-Seen": "1" } })).pipe(tap(note));
        const http = await lib.client(withInterceptors([noting]));
        const { events } = await lib.ended(http.get("/api/jwt/orders"));
        return { statuses, orders: events[0] };
      });
      await refresh;
      assert.deepEqual(statuses, [200]);
      assert.ok(orders);
      assert.equal(refused.length, 2);
      assert.notEqual(refused[0], refused[1]);
    });

    test("a resource follows the status", async (t) => {
      const page = await open(t);
      const seen = await page.evaluate(async () => {
        const { httpResource, Auth, provideHttpClient, provideAuth, start, runInInjectionContext } = lib;
        const { app, get } = await start({ providers: [provideHttpClient(), provideAuth(lib.auth)] });
        const auth = get(Auth);
        const orders = runInInjectionContext(app.injector, () => httpResource(() => (auth.status() === "signed-in" ? "/api/jwt/orders" : undefined)));
        await app.whenStable();
        const first = [orders.status(), orders.hasValue()];
        await auth.logout();
        await app.whenStable();
        return [...first, orders.status(), orders.hasValue()];
      });
      assert.deepEqual(seen, ["resolved", true, "idle", false]);
    });
  });
}
