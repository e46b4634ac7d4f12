// `hallpass/axios` in a real browser: what axios promises holds, and so does what hallpass promises.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { onlyInAll } from "../lib/tier.js";
import { startApi } from "./lib/api.js";
import { buildApp, link, openApp } from "./lib/app.js";
import { launch } from "./lib/browser.js";
import { installPackage, runNode } from "./lib/package.js";

const jwt = {
  mode: "jwt",
  endpoints: { login: "/auth/jwt/login", refresh: "/auth/jwt/refresh", logout: false },
};
const session = {
  mode: "session",
  endpoints: { login: "/auth/session/login", me: "/auth/session/me", logout: false },
};

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const range = JSON.parse(await readFile(new URL("../../pkg/package.json", import.meta.url), "utf8")).peerDependencies.axios;

for (const installed of ["axios", "axios-oldest"]) {
  const isOldest = installed === "axios-oldest";
  /** The oldest shows by default that it takes adapters as the newest does; what is done in them is the same code. */
  const more = (register) => (isOldest ? onlyInAll("the newest axios, with all of it", register) : register());
  const also = (...args) => more(() => test(...args));

  describe(installed, () => {
    let hallpass;
    let root;
    let api;
    let opened;
    let page;
    before(async () => {
      hallpass = await installPackage();
      await link(hallpass.root, ["axios"], [installed]);
      root = await buildApp(hallpass.root, "axios");
    });
    after(() => hallpass?.remove());
    beforeEach(async () => {
      api = await startApi({ root });
      opened = await openApp(browser, api.origin);
      ({ page } = opened);
    });
    afterEach(async () => {
      await api.close();
      await opened.close();
    });
    /** Signed in, with what came so far forgotten. */
    const start = async (options, config = { baseURL: "/api/jwt" }) => {
      await page.evaluate(([options, config]) => app.start(options, config), [options, config]);
      api.forget();
    };
    const statuses = (path) => api.seen(path).map(({ status }) => status);

    if (isOldest) {
      test("is the oldest that the package says it takes", async () => {
        assert.equal(`^${await page.evaluate(() => app.version)}`, range);
      });
    }

    more(() => describe("what axios promises", () => {
      beforeEach(() => start(jwt));

      test("base URL, params, headers, transformers and interceptors work", async () => {
        const got = await page.evaluate(async () => {
          app.api.interceptors.request.use((config) => {
            config.headers.set("X-Intercepted", "yes");
            return config;
          });
          app.api.interceptors.response.use((response) => ({ ...response, intercepted: true }));
          const { data, status, intercepted, config, headers } = await app.api.post("echo", { a: 1 }, {
            params: { q: ["ä", "b"], none: undefined },
            headers: { "X-Own": "1" },
            transformRequest: [(data) => JSON.stringify({ wrapped: data })],
            transformResponse: [(text) => ({ parsed: JSON.parse(text) })],
          });
          return [
            data.parsed, status, intercepted, config.url, config.headers.get("authorization") ?? null, headers.get("content-type"),
          ];
        });
        const [{ headers, query, body, method }, ...rest] = got;
        assert.deepEqual(rest, [200, true, "echo", null, "application/json"]);
        assert.equal(method, "POST");
        assert.equal(decodeURIComponent(query), "?q[]=ä&q[]=b");
        assert.equal(body, '{"wrapped":{"a":1}}');
        assert.deepEqual([headers["x-own"], headers["x-intercepted"]], ["1", "yes"]);
        assert.match(headers.authorization, /^Bearer [0-9a-f]{32}$/);
      });

      test("a status that is refused rejects with axios' codes and the parsed body", async () => {
        const refused = (path) => page.evaluate((path) => app.refused(app.api.get(path)), path);
        const notFound = await refused("missing");
        assert.deepEqual(notFound, {
          isAuthError: false,
          isAxiosError: true,
          isCancel: false,
          code: "ERR_BAD_REQUEST",
          message: "Request failed with status code 404",
          status: 404,
          data: { error: "not_found" },
          hasRequest: true,
          authorization: undefined,
        });
        assert.deepEqual((await refused("invalid")).data, { error: "invalid", fields: ["item"] });
        assert.equal((await refused("broken")).code, "ERR_BAD_RESPONSE");
      });

      test("validateStatus decides", async () => {
        const got = await page.evaluate(async () => [
          (await app.api.get("missing", { validateStatus: (status) => status < 500 })).status,
          (await app.api.get("missing", { validateStatus: null })).status,
          (await app.refused(app.api.get("orders", { validateStatus: (status) => status !== 200 }))).message,
        ]);
        assert.deepEqual(got, [404, 404, "Request failed with status code 200"]);
      });

      test("no answer is a network error", async () => {
        const error = await page.evaluate(() => app.refused(app.api.get("drop")));
        assert.deepEqual([error.isAxiosError, error.code, error.message], [true, "ERR_NETWORK", "Network Error"]);
        assert.deepEqual([error.hasRequest, error.authorization], [true, undefined]);
      });

      test("response types", async () => {
        const got = await page.evaluate(async () => {
          const get = async (responseType) => (await app.api.get("orders", { responseType })).data;
          const blob = await get("blob");
          return [
            await get("json"),
            await get("text"),
            [blob instanceof Blob, await blob.text()],
            new TextDecoder().decode(await get("arraybuffer")),
          ];
        });
        const text = '["tea","milk"]';
        assert.deepEqual(got[0], ["tea", "milk"]);
        assert.deepEqual(got.slice(2), [[true, text], text]);
      });

      test("a form keeps the boundary that the browser chose", async () => {
        const { headers, body } = await page.evaluate(async () => {
          const form = new FormData();
          form.append("item", "tea");
          form.append("file", new Blob(["leaves"]), "leaves.txt");
          return (await app.api.post("echo", form)).data;
        });
        const [, boundary] = headers["content-type"].match(/^multipart\/form-data; boundary=(.+)$/);
        assert.ok(body.startsWith(`--${boundary}\r\n`));
        assert.ok(body.includes('filename="leaves.txt"') && body.includes("leaves"));
      });

      test("progress is told, up and down", async () => {
        const [up, down, answer] = await page.evaluate(async () => {
          const [up, down] = [[], []];
          const body = new Uint8Array(4_000_000).fill(97);
          const noted = (list) => ({ loaded, total }) => list.push([loaded, total]);
          const { data } = await app.api.post("upload", body, { onUploadProgress: noted(up) });
          await app.api.get("download", { onDownloadProgress: noted(down) });
          return [up, down, data];
        });
        assert.equal(answer.length, 4_000_000);
        assert.ok(up.length > 0 && down.length > 0);
        assert.deepEqual([up.at(-1), down.at(-1)], [[4_000_000, 4_000_000], [3_000_000, 3_000_000]]);
      });

      for (const [kind, config] of Object.entries({
        signal: () => ((app.stop = new AbortController()), { signal: app.stop.signal }),
        CancelToken: () => {
          const { token, cancel } = app.axios.CancelToken.source();
          app.stop = { abort: () => cancel("enough") };
          return { cancelToken: token };
        },
      })) {
        const message = kind === "signal" ? "canceled" : "enough";

        test(`${kind}: a call that is out is cancelled`, async () => {
          await page.evaluate(`void (app.call = app.refused(app.api.get("never", (${config})())))`);
          await api.came("/never");
          const error = await page.evaluate(() => (app.stop.abort(), app.call));
          assert.deepEqual([error.isCancel, error.code, error.message], [true, "ERR_CANCELED", message]);
        });

        test(`${kind}: one that waits for the refresh, too, at once`, async () => {
          api.expire();
          const release = api.hold();
          await page.evaluate(`void (app.call = app.refused(app.api.get("orders", (${config})())))`);
          await api.came("/refresh");
          const error = await page.evaluate(() => (app.stop.abort(), app.call));
          assert.deepEqual([error.isCancel, error.code, error.message], [true, "ERR_CANCELED", message]);
          release();
          assert.equal(await page.evaluate(async () => (await app.api.get("orders")).status), 200);
          assert.deepEqual(statuses("/orders"), [401, 200]);
        });
      }

      for (const [kind, path] of [["out", "never"], ["waiting for the refresh", "orders"]]) {
        test(`timeout of a call that is ${kind}`, async () => {
          if (kind !== "out") {
            api.expire();
            api.hold();
          }
          const refused = (config) => page.evaluate(([path, config]) => app.refused(app.api.get(path, config)), [path, config]);
          const plain = await refused({ timeout: 400 });
          assert.deepEqual([plain.isAxiosError, plain.code, plain.message], [true, "ECONNABORTED", "timeout of 400ms exceeded"]);
          const clear = await refused({
            timeout: 400,
            timeoutErrorMessage: "too slow",
            transitional: { clarifyTimeoutError: true },
          });
          assert.deepEqual([clear.isAxiosError, clear.code, clear.message], [true, "ETIMEDOUT", "too slow"]);
        });
      }

      test("a timeout counts for the whole call, not for each part of it", async () => {
        api.expire();
        const release = api.hold();
        await page.evaluate(() => {
          const begun = performance.now();
          app.call = app.refused(app.api.get("slow", { timeout: 3000 })).then(() => performance.now() - begun);
        });
        await api.came("/refresh");
        // The time that is to be counted.
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2000)));
        release();
        const took = await page.evaluate(() => app.call);
        assert.deepEqual(statuses("/slow"), [401, 200]);
        assert.ok(took > 2900 && took < 4500, `${took} ms`);
      });

      test("what is no request to fetch is between axios and the caller", async () => {
        const { headers } = await page.evaluate(async () => {
          const url = new URL("/api/open/echo", location.href);
          url.username = "ada";
          url.password = "secret";
          return (await app.api.get(url.href)).data;
        });
        assert.doesNotMatch(headers.authorization ?? "", /Bearer/);
      });
    }));

    describe("what hallpass promises", () => {
      test("after the token's end many calls share one refresh, and each goes once more with all that it has", async () => {
        await start(jwt);
        api.expire();
        const release = api.hold();
        const all = page.evaluate(() => {
          const call = async (i) => {
            const body = new Uint8Array(200_000).fill(i);
            const headers = { "X-Own": `${i}` };
            return (await app.api.post("upload", body, { headers, onUploadProgress: () => {} })).data.sha256;
          };
          return Promise.all(Array.from({ length: 6 }, (_, i) => call(i)));
        });
        await api.came("/upload", 6);
        await api.came("/refresh");
        release();
        const expected = Array.from({ length: 6 }, (_, i) =>
          createHash("sha256").update(Buffer.alloc(200_000, i)).digest("hex"),
        );
        assert.deepEqual(await all, expected);
        assert.equal(api.seen("/refresh").length, 1);
        assert.deepEqual(statuses("/upload").sort(), [...Array(6).fill(200), ...Array(6).fill(401)]);
        const own = api.seen("/upload").map(({ headers }) => headers["x-own"]).sort();
        assert.deepEqual(own, ["0", "0", "1", "1", "2", "2", "3", "3", "4", "4", "5", "5"]);
      });

      also("a form goes again as a form", async () => {
        await start(jwt);
        api.expire();
        const { headers, body } = await page.evaluate(async () => {
          const form = new FormData();
          form.append("item", "tea");
          return (await app.api.post("echo", form)).data;
        });
        assert.match(headers["content-type"], /^multipart\/form-data; boundary=/);
        assert.ok(body.includes("tea"));
        assert.deepEqual(statuses("/echo"), [401, 200]);
      });

      also("where the renewal is refused, the caller gets its 401", async () => {
        await start(jwt);
        api.revoke();
        const error = await page.evaluate(() => app.refused(app.api.get("orders")));
        assert.deepEqual([error.isAxiosError, error.code, error.status], [true, "ERR_BAD_REQUEST", 401]);
        assert.equal(await page.evaluate(() => app.auth.status), "signed-out");
        assert.equal(api.seen("/orders").length, 1);
      });

      also("where auth is the reason, it is an AuthError", async () => {
        await start(jwt);
        const error = await page.evaluate(() => {
          app.auth.dispose();
          return app.refused(app.api.get("orders"));
        });
        assert.deepEqual([error.isAuthError, error.isAxiosError, error.code], [true, false, "disposed"]);
        assert.equal(api.seen("/orders").length, 0);
      });

      also("the failed call can be made again from its error, with the token of that moment", async () => {
        await start(jwt);
        await page.evaluate(async () => {
          app.error = await app.api.get("drop").catch((error) => error);
        });
        api.expire();
        const again = () => app.api.request({ ...app.error.config, url: "orders" });
        assert.equal(await page.evaluate(`(${again})().then(({ status }) => status)`), 200);
      });

      also("a credential of the caller's own is left alone", async () => {
        await start(jwt);
        const got = await page.evaluate(async () => {
          const header = async (config) => (await app.api.get("/api/open/echo", { baseURL: "", ...config })).data.headers;
          return [
            (await header({ headers: { authorization: "Own x" } })).authorization,
            (await header({ auth: { username: "ada", password: "secret" } })).authorization,
            (await app.refused(app.api.get("orders", { headers: { Authorization: "Own x" } }))).status,
          ];
        });
        assert.deepEqual(got, ["Own x", `Basic ${btoa("ada:secret")}`, 401]);
        assert.equal(api.seen("/refresh").length, 0);
      });

      also("no credential leaves for an origin that is not listed", async () => {
        await start(jwt);
        const urls = [`${api.otherOrigin}/api/open/echo`, "/api/open/echo"];
        const got = await page.evaluate(async ([foreign, path]) => {
          const { origin } = new URL(foreign);
          const calls = [{ url: foreign }, { url: path, baseURL: origin }];
          return Promise.all(calls.map(async (config) => (await app.api.request(config)).data.headers));
        }, urls);
        for (const headers of got) {
          assert.deepEqual([headers.authorization, headers.cookie, headers["x-xsrf-token"]], [undefined, undefined, undefined]);
        }
        const status = await page.evaluate(
          (url) => app.refused(app.api.get(url)).then(({ status }) => status),
          `${api.otherOrigin}/api/jwt/orders`,
        );
        assert.equal(status, 401);
        assert.equal(api.seen("/refresh").length, 0);
      });

      also("a listed origin gets it", async () => {
        await start({ ...jwt, origins: [api.otherOrigin] });
        const { headers } = await page.evaluate(
          async (url) => (await app.api.get(url)).data,
          `${api.otherOrigin}/api/open/echo`,
        );
        assert.match(headers.authorization, /^Bearer /);
        assert.equal(headers.cookie, undefined);
      });

      also("the app's own rule reads the answer", async () => {
        await page.evaluate(
          (options) =>
            app.start({ ...options, isSignedOut: async (answer) => (await answer.clone().json()).error === "expired" }),
          jwt,
        );
        assert.deepEqual(await page.evaluate(async () => (await app.api.get("/api/jwt/odd")).data), ["tea", "milk"]);
        assert.equal(api.seen("/refresh").length, 1);
      });

      also("a 401 from elsewhere, after a redirect, says nothing of the session", async () => {
        await start(jwt);
        const error = await page.evaluate(
          (to) => app.refused(app.api.get("redirect", { params: { to } })),
          `${api.otherOrigin}/api/jwt/orders`,
        );
        assert.equal(error.status, 401);
        assert.equal(api.seen("/orders")[0].headers.authorization, undefined);
        assert.equal(api.seen("/refresh").length, 0);
      });

      also("a token under a name of one's own goes nowhere by a redirect", async () => {
        await start({ ...jwt, header: { name: "X-Token", scheme: "" } });
        const posted = await page.evaluate(
          async () => (await app.api.post("echo", "tea", { onUploadProgress: () => {} })).data,
        );
        assert.match(posted.headers["x-token"], /^[0-9a-f]{32}$/);
        assert.equal(posted.body, "tea");
        const error = await page.evaluate(
          (to) => app.refused(app.api.get("redirect", { params: { to } })),
          `${api.otherOrigin}/api/open/orders`,
        );
        assert.deepEqual([error.isAxiosError, error.code], [true, "ERR_NETWORK"]);
        assert.equal(api.seen("/orders").length, 0);
        api.expire();
        assert.equal(await page.evaluate(async () => (await app.api.get("orders")).status), 200);
        assert.deepEqual(statuses("/orders"), [401, 200]);
      });
    });

    describe("a session", () => {
      let other;
      beforeEach(async () => (other = await startApi()));
      afterEach(() => other.close());

      test("the cookie and the CSRF token go along to the API's origin", async () => {
        await start({ ...session, baseUrl: other.origin }, { baseURL: `${other.origin}/api/session` });
        const [read, posted, untouched] = await page.evaluate(async () => [
          (await app.api.get("echo")).data.headers,
          (await app.api.post("echo", { a: 1 })).data.headers,
          (await app.api.get("/api/open/echo", { baseURL: location.origin })).data.headers,
        ]);
        assert.match(read.cookie, /\bsid=/);
        assert.equal(read["x-xsrf-token"], undefined);
        assert.match(posted.cookie, /\bsid=/);
        assert.ok(posted.cookie.includes(`XSRF-TOKEN=${posted["x-xsrf-token"]}`));
        assert.equal(untouched.authorization, undefined);
      });

      also("a CSRF token that has moved is sent once more", async () => {
        await start({ ...session, baseUrl: other.origin }, { baseURL: `${other.origin}/api/session` });
        other.moveCsrf();
        assert.equal(await page.evaluate(async () => (await app.api.post("echo", { a: 1 })).status), 200);
        assert.deepEqual(other.seen("/echo").map(({ status }) => status), [403, 200]);
      });

      also("the CSRF token is hallpass's also where axios knows another cookie", async () => {
        await page.evaluate(() => (document.cookie = "axios-knows=wrong; Path=/"));
        const config = { baseURL: "/api/session", xsrfCookieName: "axios-knows" };
        await start(session, config);
        assert.equal(await page.evaluate(async () => (await app.api.post("echo", { a: 1 })).status), 200);
        assert.deepEqual(statuses("/echo"), [200]);
      });

      also("a session that has ended is noticed", async () => {
        await start(session, { baseURL: "/api/session" });
        api.expire();
        const error = await page.evaluate(() => app.refused(app.api.get("orders")));
        assert.equal(error.status, 401);
        assert.equal(await page.evaluate(() => app.auth.status), "signed-out");
      });

      also("withCredentials: false is the caller's word", async () => {
        await start({ ...session, baseUrl: other.origin }, { baseURL: `${other.origin}/api/open`, withCredentials: false });
        const { cookie } = await page.evaluate(async () => (await app.api.get("echo")).data.headers);
        assert.equal(cookie, undefined);
      });
    });

    test("by the fetch adapter", async () => {
      await page.evaluate((options) => app.start(options, { baseURL: "/api/jwt" }, "fetch"), jwt);
      api.expire();
      assert.deepEqual(await page.evaluate(async () => (await app.api.post("echo", "tea")).data.body), "tea");
      assert.deepEqual(statuses("/echo"), [401, 200]);
      const stopped = await page.evaluate(() => app.refused(app.api.get("never", { timeout: 300 })));
      assert.equal(stopped.isAxiosError, true);
    });

    test("in Node, where a stream goes once", async () => {
      const script = `
        import { Readable } from "node:stream";
        import axios from "axios";
        import { createAuth } from "hallpass";
        import { axiosAdapter } from "hallpass/axios";
        const auth = await createAuth({ ...${JSON.stringify(jwt)}, baseUrl: "${api.origin}" });
        await auth.login({});
        await fetch("${api.origin}/api/open/expire");
        const api = axios.create({ baseURL: "${api.origin}/api/jwt", adapter: axiosAdapter(auth), proxy: false });
        const post = (body) => api.post("echo", body).then(({ data }) => data.body, (error) => error.response.status);
        console.log(JSON.stringify([await post(Readable.from(["tea"])), await post(Readable.from(["milk"]))]));
        auth.dispose();`;
      assert.deepEqual((await runNode(hallpass.root, script)).value, [401, "milk"]);
      assert.deepEqual(statuses("/echo"), [401, 200]);
    });
  });
}

test("who does not import it does not have it, and needs no axios", async () => {
  const hallpass = await installPackage();
  try {
    const built = await buildApp(hallpass.root, "plain");
    const scripts = (await readdir(join(built, "assets"))).filter((name) => name.endsWith(".js"));
    const texts = await Promise.all(scripts.map((name) => readFile(join(built, "assets", name), "utf8")));
    const text = texts.join("");
    assert.match(text, /hallpass/);
    assert.doesNotMatch(text, /axios|ECONNABORTED/i);
  } finally {
    await hallpass.remove();
  }
});
