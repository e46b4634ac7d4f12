// An app in a fresh folder with the packed package, built by Vite and served with the backend behind it.
import { copyFile, cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import { modules } from "../../lib/modules.js";
import { installPackage } from "../../packaging/lib/package.js";
import { writeFiles } from "./pages.js";

const here = fileURLToPath(new URL("..", import.meta.url));

/** Of "use client", as Vite's plugin for React does; and how long the build took. */
const ignored = ["MODULE_LEVEL_DIRECTIVE", "PLUGIN_TIMINGS"];

const development = {
  "process.env.NODE_ENV": '"development"',
  // Vue wants its own flags as well where no plugin sets them.
  __VUE_OPTIONS_API__: "true",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
};

/** The package, with the frameworks beside it. `aliases` puts others in their place, e.g. `{ react: "react18" }`. */
export async function install(aliases = {}) {
  const hallpass = await installPackage();
  for (const name of await readdir(modules)) {
    if (name.startsWith(".") || name === "hallpass") continue;
    const scoped = name.startsWith("@") ? (await readdir(join(modules, name))).map((part) => `${name}/${part}`) : [name];
    for (const each of scoped) {
      const path = join(hallpass.root, "node_modules", each);
      await mkdir(dirname(path), { recursive: true });
      // What stands in for another one is here for good, so that it finds its own kind beside it.
      if (aliases[each]) await cp(join(modules, aliases[each]), path, { recursive: true });
      else await symlink(join(modules, each), path, "junction");
    }
  }
  return hallpass;
}

/**
 * Builds `files`, and from `apps/` those that `own` names, with a page for each of `entries` (name to script), to be
 * opened at `/<name>.html`. Gives what the bundler complained of. `isDevelopment` takes the frameworks with their warnings.
 */
export async function buildProject(hallpass, name, { files = [], own = [], entries, plugins = [], isDevelopment }) {
  const root = join(hallpass.root, name);
  await mkdir(join(root, "src"), { recursive: true });
  await writeFiles(root, files);
  for (const file of own) await copyFile(join(here, "apps", file), join(root, "src", file));
  for (const [page, script] of Object.entries(entries)) {
    const html = `<!doctype html><link rel="icon" href="data:,"><div id="root"></div><div id="app"></div><script type="module" src="/${script}"></script>`;
    await writeFile(join(root, `${page}.html`), html);
  }
  const complaints = [];
  await build({
    root,
    configFile: false,
    clearScreen: false,
    logLevel: "error",
    plugins,
    // The links lead out of the project: what is there has to take the frameworks from here as well.
    ...(isDevelopment && { define: development }),
    resolve: { dedupe: ["react", "react-dom", "vue", "svelte"] },
    build: {
      chunkSizeWarningLimit: 10_000,
      rollupOptions: {
        input: Object.keys(entries).map((page) => join(root, `${page}.html`)),
        onwarn: ({ code, message }) => ignored.includes(code) || complaints.push(message),
      },
    },
  });
  return { root, complaints };
}

/** Serves what was built: pages, and `/auth` and `/api` of the backend. Paths of the app's routes get the page `fallback`. */
export async function serve(root, backend, fallback) {
  const proxy = Object.fromEntries(["/auth", "/api"].map((path) => [path, backend.origin]));
  const routes = {
    name: "routes",
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, _, next) => {
        if (/^\/\w*(\?|$)/.test(request.url)) request.url = `/${fallback}.html`;
        next();
      });
    },
  };
  const server = await preview({
    root,
    configFile: false,
    logLevel: "error",
    plugins: [routes],
    preview: { host: "127.0.0.1", port: 0, proxy },
  });
  return {
    origin: `http://localhost:${server.httpServer.address().port}`,
    close: () => {
      server.httpServer.closeAllConnections();
      return server.close();
    },
  };
}
