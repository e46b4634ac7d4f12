// docs/quick-start.md, followed to the letter: its files, its commands, its backend.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { link } from "./lib/app.js";
import { launch } from "./lib/browser.js";
import { namedBlocks, projectFile, shellLines } from "./lib/docs.js";
import { installPackage } from "./lib/package.js";
import { startServer } from "./lib/server.js";

const page = await projectFile("docs/quick-start.md");

let hallpass;
let browser;
let root;
before(async () => {
  hallpass = await installPackage();
  browser = await launch();
  root = join(hallpass.root, "my-app");
  await mkdir(root);
  await link(root, ["vite"]);
  for (const [name, text] of namedBlocks(page)) await writeFile(join(root, name), text);
});
after(async () => {
  await browser?.close();
  await hallpass?.remove();
});

test("has three files, and no command that is not known here", () => {
  assert.deepEqual([...namedBlocks(page).keys()], ["vite.config.ts", "index.html", "main.ts"]);
  // Those of the project's own are run by its CI, the installation of the tarball by `installPackage`.
  assert.deepEqual(shellLines(page), [
    "cargo run -p hallpass-server -- --port 8787",
    "cargo xtask build",
    "npm pack ./pkg --pack-destination ..",
    "mkdir my-app",
    "cd my-app",
    "npm init -y",
    "npm pkg set type=module",
    `npm install ../hallpass-${hallpass.manifest.version}.tgz`,
    "npm install --save-dev vite",
    "npx vite",
    "npx vite build",
  ]);
});

describe("the app", () => {
  test("works with `npx vite`", async () => {
    const backend = await startServer();
    // The one thing that is not as the page has it: its port may be taken.
    const config = namedBlocks(page).get("vite.config.ts");
    assert.ok(config.includes("http://127.0.0.1:8787"));
    await writeFile(join(root, "vite.config.ts"), config.replace("http://127.0.0.1:8787", backend.origin));
    const { createServer } = await import("vite");
    const vite = await createServer({ root, logLevel: "error", clearScreen: false, server: { port: 0 } });
    try {
      await vite.listen();
      await walk(vite.resolvedUrls.local[0]);
    } finally {
      await vite.close();
      await backend.close();
    }
  });

  test("works as `npx vite build` has made it", async () => {
    const { build } = await import("vite");
    await build({ root, logLevel: "error", clearScreen: false });
    const backend = await startServer({ statics: { "/": join(root, "dist") } });
    try {
      await walk(backend.origin);
    } finally {
      await backend.close();
    }
  });
});

/** What the page tells to do. */
async function walk(url) {
  const context = await browser.newContext();
  const complaints = [];
  const open = async () => {
    const tab = await context.newPage();
    tab.on("pageerror", (error) => complaints.push(String(error)));
    await tab.goto(url);
    return tab;
  };
  const says = (tab, text) => tab.locator("output", { hasText: text }).waitFor({ timeout: 30_000 });
  try {
    const first = await open();
    const signIn = async (password) => {
      await first.fill("[name=email]", "ada@example.com");
      await first.fill("[name=password]", password);
      await first.click("form button");
    };
    await first.locator("form").waitFor({ timeout: 30_000 });
    await signIn("wrong");
    await says(first, "That is not your password.");
    await signIn("correct horse");
    await says(first, /^Ada.*: \d+ orders$/);
    await first.reload();
    await says(first, /^Ada.*: \d+ orders$/);
    const second = await open();
    await says(second, /^Ada.*: \d+ orders$/);
    await second.click("#logout");
    await first.locator("form").waitFor({ timeout: 30_000 });
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}
