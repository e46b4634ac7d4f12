// Vite, the two versions that are in use, while developing and as built.
import assert from "node:assert/strict";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { somebody, startBackend } from "./lib/backend.js";
import { launch, openPage } from "./lib/browser.js";
import { installPackage } from "./lib/package.js";

const entries = {
  hallpass: `
    import { createAuth } from "hallpass";
    const { status, user } = await createAuth({ mode: "session" });
    report({ status, user });`,
  "hallpass/slim": `
    import { createAuth, load } from "hallpass/slim";
    import wasm from "hallpass/hallpass.wasm?url";
    await load(wasm);
    const { status, user } = await createAuth({ mode: "session" });
    report({ status, user });`,
};
const expected = { status: "signed-in", user: { name: "Ada" } };

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

for (const version of ["vite7", "vite8"]) {
  for (const [entry, script] of Object.entries(entries)) {
    describe(`${entry} in ${version}`, () => {
      let vite;
      let root;
      before(async () => {
        vite = await import(version);
        root = await writeApp(`${version}-${entry.replace("/", "-")}`, script);
      });

      test("dev", async () => {
        const backend = await startBackend({ me: somebody, root });
        const server = await vite.createServer({
          ...config(root),
          server: { port: 0, proxy: { "/auth": backend.origin } },
        });
        try {
          await server.listen();
          const { value, complaints } = await openPage(browser, server.resolvedUrls.local[0]);
          assert.deepEqual(value, expected);
          assert.deepEqual(complaints, []);
        } finally {
          await server.close();
          await backend.close();
        }
      });

      test("build", async () => {
        await vite.build(config(root));
        const dist = join(root, "dist");
        const backend = await startBackend({ me: somebody, root: dist });
        try {
          const { value, complaints } = await openPage(browser, backend.origin);
          assert.deepEqual(value, expected);
          assert.deepEqual(complaints, []);
          assert.equal(await has(dist, ".wasm"), entry === "hallpass/slim", "a file of its own in slim only");
        } finally {
          await backend.close();
        }
      });
    });
  }
}

/** Inside the folder where the package is installed, as an app's sources are. */
async function writeApp(name, script) {
  const root = join(hallpass.root, name);
  await mkdir(root);
  await writeFile(join(root, "main.js"), script);
  await writeFile(
    join(root, "index.html"),
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>',
  );
  return root;
}

function config(root) {
  return { root, configFile: false, logLevel: "error", cacheDir: join(root, ".vite"), clearScreen: false };
}

async function has(dir, extension) {
  const files = await readdir(dir, { recursive: true });
  for (const file of files.filter((name) => name.endsWith(extension))) {
    assert.ok((await stat(join(dir, file))).size > 0);
    return true;
  }
  return false;
}
