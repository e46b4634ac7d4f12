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
