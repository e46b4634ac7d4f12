// What `load` of hallpass/slim says to a file that is not what it should be: the cause, and the cure.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch, openPage } from "./lib/browser.js";
import { installPackage } from "./lib/package.js";

let hallpass;
let browser;
let engine;
before(async () => {
  hallpass = await installPackage();
  browser = await launch();
  engine = await readFile(join(hallpass.installed, "dist/hallpass.wasm"));
});
after(async () => {
  await browser?.close();
  await hallpass?.remove();
});

const script = (source) => `
  import { createAuth, isAuthError, load } from "/slim.js";
  report(await load(${source}).then(
    async () => (await createAuth({ mode: "jwt" })).status,
    (e) => ({ is: isAuthError(e), code: e.code, status: e.status, retryable: e.retryable, message: e.message }),
  ));`;

/** Opens a page that loads `source`; `/x.wasm` is answered by `answer`. Complaints of the network are the browser's own. */
async function load({ source = '"/x.wasm"', csp, ...answer }) {
  const { status = 200, type = "application/wasm", body = engine, drop = false, breaksOff = false } = answer;
  const server = createServer(async ({ url }, response) => {
    if (url === "/x.wasm") {
      if (drop) return response.destroy();
      if (breaksOff) {
        response.writeHead(200, { "content-type": type, "content-length": engine.length });
        return response.write(engine.subarray(0, 5_000), () => response.destroy());
      }
      return response.writeHead(status, { "content-type": type }).end(body);
    }
    if (url === "/main.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(script(source));
    if (url === "/") {
      const page = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>';
      return response.writeHead(200, { "content-type": "text/html", ...(csp && { "content-security-policy": csp }) }).end(page);
    }
    response.setHeader("content-type", "text/javascript");
    response.end(await readFile(join(hallpass.installed, url)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://localhost:${server.address().port}`;
  try {
    return { ...(await openPage(browser, origin)), url: `${origin}/x.wasm` };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

for (const type of ["application/wasm", "application/octet-stream", "text/html; charset=utf-8", "application/wasm; charset=x"]) {
  test(`the right file works, served as ${type}, without a word`, async () => {
    const { value, complaints } = await load({ type });
    assert.equal(value, "signed-out");
    assert.deepEqual(complaints, []);
  });
}

for (const type of ["application/wasm", "text/plain"]) {
  test(`an answer that breaks off may come whole the next time, served as ${type}`, async () => {
    const { value, url } = await load({ type, breaksOff: true });
    assert.deepEqual([value.is, value.code, value.retryable], [true, "network_error", true]);
    assert.ok(value.message.includes(`${url} breaks off`), value.message);
  });
}

const page = Buffer.from("\n<!doctype html><title>My app</title>");
const refused = {
  "404": [{ status: 404, body: page, type: "text/html" }, /answers with status 404; .*hallpass\/hallpass\.wasm/, { status: 404 }],
  "a page of an SPA fallback": [{ body: page, type: "text/html" }, /is a page instead of the WebAssembly: .*the bundler/],
  "a page that says it is WebAssembly": [{ body: page }, /is no WebAssembly, or cut short/],
  "an empty answer": [{ body: "", type: "text/plain" }, /is no WebAssembly, or cut short/],
};
describe("an error that names the URL, the cause and the cure for", () => {
  for (const [name, [answer, message, { status = null } = {}]] of Object.entries(refused)) {
    test(name, async () => {
      const { value, url } = await load(answer);
      assert.deepEqual({ ...value, message: "" }, { is: true, code: "unsupported", status, retryable: false, message: "" });
      assert.match(value.message, message);
      assert.ok(value.message.startsWith(url), value.message);
    });
  }

  for (const type of ["application/wasm", "application/octet-stream"]) {
    test(`a file that is cut short, as ${type}`, async () => {
      const { value, url } = await load({ body: engine.subarray(0, 40_000), type });
      assert.equal(value.code, "unsupported");
      assert.equal(value.message, `${url} is no WebAssembly, or cut short or damaged; serve the file hallpass/hallpass.wasm as it is`);
    });
  }

  test("a server that fails for now", async () => {
    const { value, url } = await load({ status: 503, body: "" });
    assert.deepEqual([value.code, value.status, value.retryable], ["server_error", 503, true]);
    assert.ok(value.message.startsWith(`${url} answers with status 503`));
  });

  test("no answer", async () => {
    const { value } = await load({ drop: true });
    assert.deepEqual([value.is, value.code, value.retryable], [true, "network_error", true]);
    assert.match(value.message, /no answer for \/x\.wasm; .*CORS/);
  });

  const releases = { "with another import": [importing("h", "zz")], "without imports": [] };
  for (const [name, imports] of Object.entries(releases)) {
    test(`a file of another release, ${name}`, async () => {
      const { value } = await load({ body: moduleWith(imports) });
      assert.deepEqual([value.code, value.retryable], ["unsupported", false]);
      assert.match(value.message, /of another release than the scripts; .*together/);
    });
  }

  for (const source of ["undefined", "{ default: '/x.wasm' }", "42"]) {
    test(`${source} as the source`, async () => {
      const { value } = await load({ source });
      assert.deepEqual([value.is, value.code], [true, "unsupported"]);
      assert.match(value.message, /what load was given is no URL.*have the bundler give the file's URL/);
    });
  }

  test("a policy that forbids WebAssembly, also where the file is damaged", async () => {
    for (const body of [engine, engine.subarray(0, 40_000)]) {
      for (const type of ["application/wasm", "text/plain"]) {
        const { value } = await load({ body, type, csp: "default-src 'self'" });
        assert.equal(value.code, "unsupported");
        assert.match(value.message, /'wasm-unsafe-eval'/);
      }
    }
  });
});

/** WebAssembly core specification §5.5.5: an imported function of type 0. */
function importing(module, name) {
  const text = (value) => [value.length, ...Buffer.from(value)];
  return [...text(module), ...text(name), 0, 0];
}

/** §5.5: a module with the type `() -> ()` and these imports. */
function moduleWith(imports) {
  const section = (id, count, content) => [id, content.length + 1, count, ...content];
  const head = [0, 97, 115, 109, 1, 0, 0, 0];
  return Buffer.from([...head, ...section(1, 1, [0x60, 0, 0]), ...section(2, imports.length, imports.flat())]);
}
