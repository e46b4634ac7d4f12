// An app of `apps/`, built by Vite with the packed package and libraries as npm installs them.
import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { modules } from "../../lib/modules.js";

const here = fileURLToPath(new URL("..", import.meta.url));

/** Lets what is in `root` import libraries. They need not be installed by the name that it imports. */
export async function link(root, names, installed = names) {
  for (const [i, name] of names.entries()) {
    const path = join(root, "node_modules", name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(join(modules, installed[i]), path, "junction");
  }
}

/** Gives the folder with what was built. */
export async function buildApp(root, name) {
  const app = join(root, name);
  await mkdir(app);
  await copyFile(join(here, "apps", `${name}.js`), join(app, "main.js"));
  await writeFile(
    join(app, "index.html"),
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>',
  );
  await build({ root: app, configFile: false, logLevel: "error", clearScreen: false });
  return join(app, "dist");
}

/** A page of its own at `url`, and what closes it. What the page complains of fails the test that closes it. */
export async function openApp(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  return {
    page,
    async close() {
      await context.close();
      if (complaints.length) throw new Error(`the page complained: ${complaints.join("\n")}`);
    },
  };
}
