// `<script type="module">` and an import map: no bundler at all.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { nobody, somebody, startBackend } from "./lib/backend.js";
import { launch, openPage } from "./lib/browser.js";
import { installPackage } from "./lib/package.js";

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

/** Opens a page with this module text, over the installed package. */
async function open(script, backendOptions = {}) {
  const page = `<!doctype html><link rel="icon" href="data:,">
    <script type="importmap">{ "imports": {
      "hallpass": "/node_modules/hallpass/index.js",
      "hallpass/slim": "/node_modules/hallpass/slim.js"
    } }</script>
    <script type="module">${script}</script>`;
  const backend = await startBackend({ root: hallpass.root, pages: { "/": page }, ...backendOptions });
  try {
    return { ...(await openPage(browser, backend.origin)), requests: backend.requests };
  } finally {
    await backend.close();
  }
}

describe("hallpass", () => {
  const script = `
    import { createAuth } from "hallpass";
    const { status, user } = await createAuth({ mode: "session" });
    report({ status, user });`;

  test("nobody is signed in", async () => {
    const { value, requests } = await open(script, { me: nobody });
    assert.deepEqual(value, { status: "signed-out", user: null });
    assert.ok(!requests.some((request) => request.endsWith(".wasm")), "the module is inlined");
  });

  test("somebody is", async () => {
    const { value, complaints } = await open(script, { me: somebody });
    assert.deepEqual(value, { status: "signed-in", user: { name: "Ada" } });
    assert.deepEqual(complaints, []);
  });

  test("twice the same key is one engine", async () => {
    const { value, requests } = await open(
      `import { createAuth } from "hallpass";
       const [a, b] = await Promise.all([createAuth({ mode: "session" }), createAuth({ mode: "session" })]);
       const before = b.status;
       await a.logout();
       report([before, b.status]);`,
      { me: somebody },
    );
    assert.deepEqual(value, ["signed-in", "signed-out"]);
    assert.equal(requests.filter((request) => request === "GET /auth/me").length, 1);
  });

  test("importing sends nothing and compiles nothing", async () => {
    const { value, requests } = await open(`
      const compiled = [];
      for (const name of ["compile", "instantiate", "compileStreaming", "instantiateStreaming"]) {
        const real = WebAssembly[name];
        WebAssembly[name] = (...args) => (compiled.push(name), real(...args));
      }
      const construct = (Module, args) => (compiled.push("Module"), new Module(...args));
      WebAssembly.Module = new Proxy(WebAssembly.Module, { construct });
      const { createAuth } = await import("hallpass");
      const byImport = compiled.length;
      await createAuth({ mode: "session" });
      report([byImport, compiled]);`);
    // What unpacks, and what was packed.
    assert.deepEqual(value, [0, ["Module", "instantiate"]]);
    assert.equal(requests.filter((request) => request === "GET /auth/me").length, 1);
  });
});

describe("where the main thread may compile little at once", () => {
  test("it is compiled on another", async () => {
    const { value } = await open(
      `const construct = (Module, [bytes]) => {
         if (bytes.byteLength > 4096) throw new RangeError("WebAssembly.Module(): ... larger than 4KB");
         return new Module(bytes);
       };
       WebAssembly.Module = new Proxy(WebAssembly.Module, { construct });
       const { createAuth } = await import("hallpass");
       report((await createAuth({ mode: "session" })).status);`,
      { me: somebody },
    );
    assert.equal(value, "signed-in");
  });
});

describe("hallpass/slim", () => {
  const wasm = "/node_modules/hallpass/dist/hallpass.wasm";
  const sources = {
    "a path": `"${wasm}"`,
    "a URL": `new URL("${wasm}", location.href)`,
    "a promised response": `fetch("${wasm}")`,
    "bytes": `await (await fetch("${wasm}")).arrayBuffer()`,
    "a module": `await WebAssembly.compileStreaming(fetch("${wasm}"))`,
  };
  for (const [name, source] of Object.entries(sources)) {
    test(`takes ${name}`, async () => {
      const { value, requests, complaints } = await open(
        `import { createAuth, load } from "hallpass/slim";
         await load(${source});
         report((await createAuth({ mode: "session" })).status);`,
        { me: somebody },
      );
      assert.equal(value, "signed-in");
      assert.equal(requests.filter((request) => request === `GET ${wasm}`).length, 1);
      assert.ok(!requests.some((request) => request.endsWith("inline.js")), "nothing is inlined");
      assert.deepEqual(complaints, []);
    });
  }

  test("a load that failed may be tried again", async () => {
    const { value } = await open(`
      import { createAuth, load } from "hallpass/slim";
      const failed = await load("/nowhere.wasm").then(() => "loaded", () => "failed");
      await load("${wasm}");
      report([failed, (await createAuth({ mode: "session" })).status]);`);
    assert.deepEqual(value, ["failed", "signed-out"]);
  });
});
