// The apps in `examples/` are those of the pages, and each builds and runs from its own folder.
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { modules } from "../lib/modules.js";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { startBackend } from "./lib/backend.js";
import { EXAMPLES, WITH_VITE, exampleOf, scaffoldOf } from "./lib/examples.js";
import { signIn, visit } from "./lib/visit.js";

const folderOf = (name) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
/** Written anew. */
const isUpdate = Boolean(process.env.HALLPASS_UPDATE);

for (const name of EXAMPLES) {
  test(`examples/${name} is the app of docs/frameworks/${name}.md`, async () => {
    const files = await exampleOf(name);
    for (const [path, content] of files) {
      const file = join(folderOf(name), path);
      if (isUpdate) {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      }
      assert.equal(await readFile(file, "utf8"), content, `${path}: HALLPASS_UPDATE=1 writes it anew`);
    }
    assert.ok(files.size > 2, "the page has files");
    assert.deepEqual(await filesIn(folderOf(name)), [...files.keys(), ...scaffoldOf(name)].sort(), "no other files");
  });
}

/** Paths of what is not made by a build or by npm. */
async function filesIn(folder) {
  const made = ["node_modules", "dist", "build", "next-env.d.ts", "tsconfig.tsbuildinfo"];
  const isKept = ({ name }) => !made.includes(name) && !name.includes("lock") && (!name.startsWith(".") || name === ".npmrc");
  const found = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).filter(isKept)) {
    if (entry.isFile()) found.push(entry.name);
    else for (const path of await filesIn(join(folder, entry.name))) found.push(`${entry.name}/${path}`);
  }
  return found.sort();
}

describe("those with Vite run as `npm run dev` serves them", () => {
  let hallpass;
  let backend;
  let browser;
  before(async () => {
    hallpass = await installPackage();
    backend = await startBackend();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await backend?.close();
    await hallpass?.remove();
  });

  for (const name of Object.keys(WITH_VITE)) {
    test(name, async () => {
      const root = await mkdtemp(join(tmpdir(), "hallpass-example-"));
      const ends = [() => rm(root, { recursive: true, force: true, maxRetries: 5 })];
      try {
        await install(name, root);
        const { createServer } = await import(pathToFileURL(join(modules, "vite/dist/node/index.js")));
        const proxy = { "/auth": backend.origin, "/api": backend.origin };
        const server = await createServer({ root, logLevel: "error", server: { port: 0, host: "127.0.0.1", proxy, fs: { strict: false } } });
        ends.push(() => server.close());
        await server.listen();
        const one = await visit(browser);
        ends.push(() => one.close());
        const page = await one.open(server.resolvedUrls.local[0]);
        await signIn(page);
        await page.getByText("Hello Ada").waitFor();
        await page.getByText("Load the orders").click();
        await page.locator("output").filter({ hasText: "orders" }).waitFor();
        await page.reload();
        await page.getByText("Hello Ada").waitFor();
        await page.getByText("Sign out").click();
        await page.locator("form").waitFor();
      } finally {
        // The page first, its files last.
        for (const end of ends.reverse()) await end();
      }
    });
  }

  /** The example in a folder of its own, with what `npm install` would put there. */
  async function install(name, root) {
    await cp(folderOf(name), root, { recursive: true, filter: (path) => !path.includes("node_modules") });
    const { dependencies, devDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    for (const one of Object.keys({ ...dependencies, ...devDependencies })) {
      const path = join(root, "node_modules", one);
      await mkdir(dirname(path), { recursive: true });
      if (one === "hallpass") await cp(hallpass.installed, path, { recursive: true });
      else await symlink(join(modules, one), path, "junction");
    }
  }
});
