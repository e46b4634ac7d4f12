// Node: server-side rendering imports the package, and tests of apps use it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { nobody, somebody, startBackend } from "./lib/backend.js";
import { installPackage, runNode } from "./lib/package.js";

let hallpass;
before(async () => (hallpass = await installPackage()));
after(() => hallpass?.remove());

describe("importing", () => {
  for (const entry of ["hallpass", "hallpass/slim"]) {
    test(`${entry} has no side effect`, async () => {
      const { value, stderr } = await runNode(
        hallpass.root,
        `const calls = [];
         for (const name of ["fetch", "setTimeout", "setInterval", "queueMicrotask"]) {
           globalThis[name] = () => calls.push(name);
         }
         for (const name of ["compile", "instantiate", "compileStreaming", "instantiateStreaming", "Module", "Instance"]) {
           WebAssembly[name] = () => calls.push(name);
         }
         const before = Reflect.ownKeys(globalThis);
         await import(${JSON.stringify(entry)});
         const added = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key));
         console.log(JSON.stringify({ calls, added: added.map(String) }));`,
      );
      assert.deepEqual(value, { calls: [], added: [] });
      assert.equal(stderr, "");
    });
  }

  test("works without WebAssembly and without anything of a browser", async () => {
    const { value } = await runNode(
      hallpass.root,
      `for (const name of ["WebAssembly", "fetch", "Response", "navigator"]) delete globalThis[name];
       const { isAuthError } = await import("hallpass");
       console.log(isAuthError(new Error()));`,
    );
    assert.equal(value, false);
  });
});

test("tokens in memory are shared with no tab: without Web Locks nothing waits for a timer, as of who stops them in a test", async () => {
  const { value } = await runNode(
    hallpass.root,
    `globalThis.localStorage = { getItem: () => null, setItem() {}, removeItem() {} };
     Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
     const answer = { access_token: "a", refresh_token: "r", expires_in: 300 };
     globalThis.fetch = async () => Response.json(answer);
     globalThis.setTimeout = () => ({ unref() {} });
     const { createAuth } = await import("hallpass");
     const auth = await createAuth({ mode: "jwt", baseUrl: "https://api.test" });
     await auth.login({});
     await auth.refresh();
     console.log(JSON.stringify(auth.status));`,
  );
  assert.equal(value, "signed-in");
});

describe("createAuth", () => {
  test("without a session: signed out, kept in memory", async () => {
    const snapshot = await createAuthInNode({ mode: "session" }, nobody);
    assert.equal(snapshot.status, "signed-out");
    assert.equal(snapshot.user, null);
  });

  test("with a session: the user that the backend names", async () => {
    const snapshot = await createAuthInNode({ mode: "session" }, somebody);
    assert.equal(snapshot.status, "signed-in");
    assert.deepEqual(snapshot.user, { name: "Ada" });
  });

  test("jwt in memory: signed out, and nothing is asked", async () => {
    const backend = await startBackend();
    try {
      const snapshot = await snapshotInNode({ mode: "jwt", storage: "memory", baseUrl: backend.origin });
      assert.equal(snapshot.status, "signed-out");
      assert.equal(snapshot.storage, "ok");
      assert.deepEqual(backend.requests, []);
    } finally {
      await backend.close();
    }
  });

  test("needs a base URL, for there is no page", async () => {
    const { value } = await runNode(
      hallpass.root,
      `const { createAuth, isAuthError } = await import("hallpass");
       const error = await createAuth({ mode: "jwt" }).catch((e) => e);
       console.log(JSON.stringify({ is: isAuthError(error), code: error.code, option: error.option }));`,
    );
    assert.deepEqual(value, { is: true, code: "config_invalid", option: "baseUrl" });
  });

  test("a client that two requests of a server share shows nobody the user of the other", async () => {
    const { value } = await runNode(
      hallpass.root,
      `import { createAuth } from "hallpass";
       const answer = (name) => ({ access_token: "a-" + name, expires_in: 300, user: { id: name } });
       globalThis.fetch = async (url, { body } = {}) => Response.json(String(url).endsWith("/login") ? answer(JSON.parse(body).name) : {});
       // Made at the level of a module, as in a page.
       const auth = await createAuth({ mode: "jwt", baseUrl: "https://api.test" });
       const seen = [];
       const sign = async (by) => seen.push(await by().then(({ id }) => id, ({ code, message }) => [code, message]));
       await sign(() => auth.login({ name: "ada" }));
       await sign(() => auth.login({ name: "ada" }));
       await sign(() => auth.login({ name: "grace" }));
       seen.push(auth.user);
       await sign(() => auth.login({ name: "ada" }));
       await sign(() => auth.adopt(answer("grace")));
       seen.push(auth.user);
       await sign(() => auth.login({ name: "grace" }));
       const own = await createAuth({ mode: "jwt", baseUrl: "https://api.test", key: "request-2" });
       await sign(() => own.login({ name: "linus" }));
       console.log(JSON.stringify(seen));`,
    );
    for (const [code, message] of value.filter(Array.isArray)) {
      assert.equal(code, "unsupported");
      assert.match(message, /another user signs in by this client.*a client for each request, with a key of its own, or call logout\(\) first/);
    }
    const names = value.map((one) => (Array.isArray(one) ? "refused" : one));
    assert.deepEqual(names, ["ada", "ada", "refused", null, "ada", "refused", null, "grace", "linus"]);
  });

  test("hallpass/slim takes the bytes of the file", async () => {
    const { value } = await runNode(
      hallpass.root,
      `import { readFile } from "node:fs/promises";
       import { createAuth, load } from "hallpass/slim";
       const early = await createAuth({ mode: "jwt", baseUrl: "http://localhost" }).catch((e) => e.code);
       await load(await readFile(new URL(import.meta.resolve("hallpass/hallpass.wasm"))));
       const auth = await createAuth({ mode: "jwt", baseUrl: "http://localhost" });
       console.log(JSON.stringify([early, auth.status]));
       auth.dispose();`,
    );
    assert.deepEqual(value, ["unsupported", "signed-out"]);
  });

  test("both entries in one program know each other's errors", async () => {
    const { value } = await runNode(
      hallpass.root,
      `const full = await import("hallpass");
       const slim = await import("hallpass/slim");
       const error = await full.createAuth({ mode: "none" }).catch((e) => e);
       console.log(JSON.stringify([slim.isAuthError(error), error instanceof Error, slim.isAuthError(new Error())]));`,
    );
    assert.deepEqual(value, [true, true, false]);
  });
});

describe("redirects of what hallpass asks", () => {
  // Of a redirect that is not followed Node shows the answer itself, with its status and its body.
  test("a logout that is answered by one is told, and a start that is led to one by `me` finds nobody", async () => {
    const { value } = await runNode(
      hallpass.root,
      `import { createServer } from "node:http";
       import { createAuth } from "hallpass";
       const requests = [];
       let isSignedIn = false;
       const server = createServer((request, response) => {
         requests.push(request.method + " " + request.url);
         isSignedIn ||= request.url === "/auth/login";
         if (isSignedIn && request.url !== "/auth/logout") return response.setHeader("content-type", "application/json").end('{"user":{"id":7}}');
         // Nobody listens there.
         response.writeHead(302, { location: "http://127.0.0.1:9/login", "content-type": "text/html" }).end("<p>Moved</p>");
       });
       await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
       const auth = await createAuth({ mode: "session", csrf: false, baseUrl: "http://127.0.0.1:" + server.address().port });
       const before = auth.status;
       await auth.login({});
       const during = auth.status;
       await auth.logout();
       const journal = auth.journal().map(({ event }) => event);
       auth.dispose();
       server.close();
       console.log(JSON.stringify({ before, during, after: auth.status, told: journal.includes("server told of the logout"), requests }));`,
    );
    assert.deepEqual(value, {
      before: "signed-out",
      during: "signed-in",
      after: "signed-out",
      told: true,
      requests: ["GET /auth/me", "GET /auth/me", "POST /auth/login", "GET /auth/me", "POST /auth/logout"],
    });
  });
});

describe("dispose", () => {
  test("leaves the last state to be read, and nothing to be done", async () => {
    const { value } = await runNode(
      hallpass.root,
      `import { createServer } from "node:http";
       import { createAuth } from "hallpass";
       const claims = { sub: "ada", exp: 4_000_000_000 };
       const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
       const access_token = [part({ alg: "none" }), part(claims), "c2ln"].join(".");
       const server = createServer((_, response) =>
         response.setHeader("content-type", "application/json").end(JSON.stringify({ access_token, user: { name: "Ada" } })),
       );
       await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
       const auth = await createAuth({ mode: "jwt", baseUrl: "http://127.0.0.1:" + server.address().port });
       await auth.login({});
       const sibling = await createAuth({ mode: "jwt", baseUrl: "http://127.0.0.1:" + server.address().port });
       const told = () => [auth.status, auth.user, auth.claims, auth.getSnapshot(), auth.journal()];
       const before = told();
       auth.dispose();
       const after = told();
       const refused = await auth.accessToken().catch((error) => error.code);
       auth.dispose();
       auth.subscribe(() => {})();
       await sibling.logout();
       const apart = [auth.status, sibling.status];
       sibling.dispose();
       server.close();
       console.log(JSON.stringify({ before, after, apart, end: [sibling.status, sibling.claims], same: before[1] === after[1] && before[3] === after[3], refused }));`,
    );
    assert.deepEqual(value.before.slice(0, 3), ["signed-in", { name: "Ada" }, { sub: "ada", exp: 4_000_000_000 }]);
    assert.ok(value.before[4].length > 0);
    assert.deepEqual(value.after, value.before);
    assert.equal(value.same, true);
    assert.equal(value.refused, "disposed");
    assert.deepEqual(value.apart, ["signed-in", "signed-out"], "another client of the same key goes on");
    assert.deepEqual(value.end, ["signed-out", null]);
  });
});

describe("two copies of the package in one global scope", () => {
  const script = (body) => `
    import { cp } from "node:fs/promises";
    const one = await import("hallpass");
    await cp("node_modules/hallpass", "node_modules/copy", { recursive: true });
    const other = await import("./node_modules/copy/index.js");
    const options = { mode: "jwt", baseUrl: "http://localhost" };
    const outcome = (made) => made.then((auth) => (made.auth = auth).status, ({ code, option, message }) => ({ code, option, message }));
    ${body}`;

  test("a key is in one of them only, and the error names cause and cure", async () => {
    const { value } = await runNode(
      hallpass.root,
      script(`
        const first = await one.createAuth(options);
        const second = await one.createAuth(options);
        const refused = await outcome(other.createAuth(options));
        const apart = await other.createAuth({ ...options, key: "__proto__" });
        first.dispose();
        first.dispose();
        const held = await outcome(other.createAuth(options));
        second.dispose();
        const moved = await other.createAuth(options);
        const reverse = await outcome(one.createAuth({ ...options, key: "default" }));
        console.log(JSON.stringify({ refused, apart: apart.status, held, moved: moved.status, reverse }));
        moved.dispose();
        apart.dispose();`),
    );
    for (const error of [value.refused, value.held, value.reverse]) {
      assert.equal(error.code, "config_invalid");
      assert.equal(error.option, "key");
      assert.match(error.message, /another copy of hallpass in this page.*deduplicate.*dispose.*key of its own/);
    }
    assert.deepEqual([value.apart, value.moved], ["signed-out", "signed-out"]);
  });

  test("a client that was refused holds no key", async () => {
    const { value } = await runNode(
      hallpass.root,
      script(`
        const failed = await outcome(one.createAuth({ ...options, leeway: -1 }));
        const made = await other.createAuth(options);
        console.log(JSON.stringify([failed.option, made.status]));
        made.dispose();`),
    );
    assert.deepEqual(value, ["leeway", "signed-out"]);
  });
});

async function createAuthInNode(options, me) {
  const backend = await startBackend({ me });
  try {
    const snapshot = await snapshotInNode({ ...options, baseUrl: backend.origin });
    assert.deepEqual(backend.requests, ["GET /auth/me"]);
    return snapshot;
  } finally {
    await backend.close();
  }
}

/** The program has to end by itself: a client that was disposed of keeps no timer. */
async function snapshotInNode(options) {
  const { value } = await runNode(
    hallpass.root,
    `import { createAuth } from "hallpass";
     const auth = await createAuth(${JSON.stringify(options)});
     console.log(JSON.stringify(auth.getSnapshot()));
     auth.dispose();`,
  );
  return value;
}
