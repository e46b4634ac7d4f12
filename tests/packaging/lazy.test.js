// Files that are loaded when they are needed, and do not come: what waits for them is told so, and may try again.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch, openPage } from "./lib/browser.js";
import { installPackage } from "./lib/package.js";

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const PAGE = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>';
// Of RFC 7517, appendix A.1.
const JWK = {
  kty: "EC",
  crv: "P-256",
  x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
  y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
};

/** How a file does not come. */
const FAILURES = {
  "status 503": (response) => response.writeHead(503).end(),
  "the page of a new deployment": (response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
  "a connection that breaks off": (response, file) => {
    response.writeHead(200, { "content-type": "text/javascript", "content-length": file.length });
    response.write(file.subarray(0, 200), () => response.destroy());
  },
};

let hallpass;
let browser;
before(async () => {
  hallpass = await installPackage();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await hallpass?.remove();
});

/** What a page reports whose `name` fails as often as `times` says. */
async function reported(script, name, fail, times = 1) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    asked.push(`${request.method} ${request.url}`);
    if (pathname === "/") return response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
    if (pathname === "/main.js" || pathname === "/sw.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    if (request.method === "POST") return response.writeHead(200, { "content-type": "application/json" }).end('{ "access_token": "a", "user": { "id": 7 } }');
    const file = await readFile(join(hallpass.root, pathname)).catch(() => undefined);
    if (!file) return response.writeHead(401).end();
    if (pathname.endsWith(name) && times-- > 0) return fail(response, file);
    response.writeHead(200, { "content-type": TYPES[extname(pathname)] }).end(file);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { value } = await openPage(browser, `http://localhost:${server.address().port}/`);
    return { value, asked };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const BEGIN = `
  import { createAuth, isAuthError } from "/node_modules/hallpass/index.js";
  const outcome = (promise) => promise.then((value) => value?.status ?? value,
    (error) => isAuthError(error) ? [error.code, error.retryable, error.option ?? error.message] : String(error));
  const attempts = async (options, times = 2) => {
    const seen = [];
    while (seen.length < times) seen.push(await outcome(createAuth(options)));
    return seen;
  };`;

describe("createAuth", () => {
  const files = [
    ["store.js", { mode: "jwt", storage: "sealed" }, ""],
    ["verify.js", { mode: "jwt", verify: { jwks: { keys: [JWK] } } }, ""],
    ["lease.js", { mode: "jwt", storage: "local", header: { name: "Authorization" } }, 'Object.defineProperty(navigator, "locks", { value: undefined });'],
    ["contracts.js", { mode: "session", endpoints: { login: { as: "form" } } }, ""],
    ["headers.js", { mode: "jwt", header: { name: "Token" } }, ""],
  ];
  for (const [name, options, prepare] of files) {
    test(`tells that ${name} did not come, and gets it at the next attempt`, async () => {
      for (const [words, fail] of Object.entries(FAILURES)) {
        // What is cut off the browser asks for again by itself.
        const times = words.includes("breaks") ? 2 : 1;
        const { value } = await reported(`${BEGIN} ${prepare} report(await attempts(${JSON.stringify(options)}));`, name, fail, times);
        const [[code, retryable, message], next] = value;
        assert.deepEqual([code, retryable, next], ["network_error", true, "signed-out"], words);
        assert.match(message, /^cannot load \w+: try again/);
      }
    });
  }

  test("tells of a file without its end each time: no browser asks for that again", async () => {
    const empty = (response) => response.writeHead(200, { "content-type": "text/javascript" }).end();
    const { value } = await reported(`${BEGIN} report(await attempts({ mode: "jwt", storage: "sealed" }));`, "store.js", empty);
    for (const [code, retryable] of value) assert.deepEqual([code, retryable], ["network_error", true]);
  });

  test("names the option that is wrong also without the words, which come with the next", async () => {
    const { value } = await reported(
      `${BEGIN} const fault = () => createAuth({ mode: "oauth" }).catch(({ code, message }) => [code, message]);
       report([await fault(), await fault()]);`,
      "faults.js",
      FAILURES["status 503"],
    );
    assert.deepEqual(value[0], ["config_invalid", "option mode: is wrong"]);
    assert.match(value[1][1], /^option mode: is a string; must be "session"/);
  });

  test("in a service worker, where nothing can be loaded later, names what is missing", async () => {
    const script = `${BEGIN}
      const inPage = async () => {
        navigator.serviceWorker.onmessage = ({ data }) => report(data);
        await navigator.serviceWorker.register("/sw.js", { type: "module" });
        (await navigator.serviceWorker.ready).active.postMessage("");
      };
      const options = { mode: "jwt", storage: "sealed", baseUrl: location.origin };
      const inWorker = () => addEventListener("message", async ({ source }) => source.postMessage(await outcome(createAuth(options))));
      if (globalThis.ServiceWorkerGlobalScope) inWorker();
      else inPage();`;
    const { value } = await reported(script, "none");
    assert.deepEqual(value.slice(0, 2), ["unsupported", false]);
    assert.match(value[2], /^cannot load openShell: a service worker needs hallpass\/whole/);
  });
});

test("a login elsewhere whose contract cannot be loaded sends nothing and loses nothing", async () => {
  const { value, asked } = await reported(
    `${BEGIN}
     const auth = await createAuth({ mode: "jwt" });
     await auth.login({ name: "ada" });
     const before = auth.user;
     const to = () => outcome(auth.login({ name: "eve" }, { endpoint: "/auth/otp" }).then(({ id }) => id));
     const first = await to();
     report([first.slice(0, 2), auth.status, auth.user === before, await to()]);`,
    "contracts.js",
    FAILURES["status 503"],
  );
  assert.deepEqual(value, [["network_error", true], "signed-in", true, 7]);
  assert.equal(asked.filter((line) => line === "POST /auth/otp").length, 1);
});

describe("a browser that keeps a failure", () => {
  const load = (error) => () => Promise.reject(error);
  const open = async () => {
    const { onDemand } = await import(`${pathToFileURL(join(hallpass.installed, "src/lazy.js"))}?${Math.random()}`);
    const file = join(hallpass.root, "part.mjs");
    await writeFile(file, "export const part = () => import.meta.url;");
    return { onDemand, url: pathToFileURL(file).href };
  };
  const outcome = (promise) => promise.then((part) => part(), ({ code }) => code);

  for (const [name, errorOf] of Object.entries({
    "tells the URL at the end of its message": (url) => new TypeError(`error loading dynamically imported module: ${url}`),
    "tells the URL of a file that it cannot read": (url) => Object.assign(new SyntaxError("expected expression, got end of script"), { fileName: url }),
    "tells it so": (url) => Object.assign(new SyntaxError("Unexpected end of script"), { sourceURL: url }),
  })) {
    test(`and ${name}: the next attempt goes by another URL`, async () => {
      const { onDemand, url } = await open();
      const again = () => outcome(onDemand("part", load(errorOf(url))));
      assert.equal(await again(), "network_error");
      // All who need it meanwhile get the same.
      assert.deepEqual(await Promise.all([again(), again()]), [`${url}?again`, `${url}?again`]);
      assert.equal(await again(), `${url}?again`);
    });
  }

  test("each attempt has a URL of its own, and what the URL asks for stays", async () => {
    const { onDemand, url } = await open();
    const missing = `${url.replace("part.mjs", "missing.mjs")}?v=1`;
    const asked = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const error = await onDemand("part", load(new TypeError(`error loading dynamically imported module: ${missing}`))).catch(({ cause }) => cause);
      asked.push(/\?\S*(?=')/.exec(error.url ?? "")?.[0] ?? error.url ?? error.message);
    }
    assert.equal(asked[0], `error loading dynamically imported module: ${missing}`);
    assert.equal(new Set(asked).size, 4);
    for (const [i, one] of asked.slice(1).entries()) assert.ok(one.endsWith(`?v=1${"&again".repeat(i + 1)}`), one);
  });
});
