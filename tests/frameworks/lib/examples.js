// The apps in `examples/`, as the pages of docs/frameworks show them: written by `HALLPASS_UPDATE=1 node npm.js frameworks/examples.test.js`.
import { readFile } from "node:fs/promises";
import { angularFiles } from "./angular-example.js";
import { filesOf, pageOf } from "./pages.js";

/** What each needs beside the package and Vite, and how Vite is told of it. */
export const WITH_VITE = {
  preact: { title: "Preact", packages: ["preact"], config: 'oxc: { jsx: { runtime: "automatic", importSource: "preact" } },' },
  react: { title: "React", packages: ["react", "react-dom"] },
  solid: { title: "Solid", packages: ["solid-js"], plugin: ["solid", "solid", "vite-plugin-solid"] },
  svelte: { title: "Svelte", packages: ["svelte"], plugin: ["svelte", "{ svelte }", "@sveltejs/vite-plugin-svelte"] },
  vue: { title: "Vue", packages: ["vue"], plugin: ["vue", "vue", "@vitejs/plugin-vue"] },
};

/**
 * Those with a server: the files that are not of their pages, as the framework's own command makes them. Each has its packages, and the
 * tests of tests/frameworks/ssr build and run it.
 */
export const SERVED = {
  nextjs: ["tsconfig.json"],
  nuxt: ["tsconfig.json"],
  "react-router": ["react-router.config.ts", "tsconfig.json"],
  sveltekit: ["svelte.config.js", "tsconfig.json", "src/app.html"],
};

/** All that npm runs: Angular has a command line of its own. */
export const EXAMPLES = [...Object.keys(WITH_VITE), "angular", ...Object.keys(SERVED)];

/** What of an app with a server is not of its page. */
export const scaffoldOf = (name) => (SERVED[name] ? ["package.json", ".npmrc", ...SERVED[name]] : []);

/** As `npm create vite` makes it for Svelte. */
const SVELTE_MAIN = `import { mount } from "svelte";
import App from "./App.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

mount(App, { target });
`;

/** All files of an example, by path; of one with a server those that its page shows. */
export async function exampleOf(name) {
  if (SERVED[name]) return filesOf(name, "Quick start");
  const files = new Map([...(await filesOf(name, "Quick start"))].filter(([path]) => path.startsWith("src/")));
  if (name === "angular") return new Map([...files, ...(await angularFiles(await pageOf(name)))]);
  const { title, packages, plugin, config } = WITH_VITE[name];
  const { devDependencies: versions } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  if (name === "svelte") files.set("src/main.ts", SVELTE_MAIN);
  const entry = [...files.keys()].find((path) => /^src\/(main|index)\.tsx?$/.test(path));
  const [call, imported, module] = plugin ?? [];
  const versioned = (names) => Object.fromEntries(names.map((one) => [one, versions[one]]));
  const manifest = {
    name: `hallpass-example-${name}`,
    private: true,
    type: "module",
    scripts: { dev: "vite", build: "vite build" },
    dependencies: { hallpass: "file:../../pkg", ...versioned(packages) },
    devDependencies: versioned([...(module ? [module] : []), "vite"]),
  };
  files.set("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
  files.set(
    "index.html",
    `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>hallpass in ${title}</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="root"></div>
    <div id="app"></div>
    <script type="module" src="/${entry}"></script>
  </body>
</html>
`,
  );
  files.set(
    "vite.config.js",
    `${module ? `import ${imported} from "${module}";\n` : ""}import { defineConfig } from "vite";

export default defineConfig({
${call ? `  plugins: [${call}()],\n` : ""}${config ? `  ${config}\n` : ""}  // One copy of the framework, as the package is linked from a folder beside this one.
  resolve: { dedupe: ${JSON.stringify(packages).replaceAll(",", ", ")} },
  server: { proxy: { "/auth": "http://localhost:8787", "/api": "http://localhost:8787" } },
});
`,
  );
  return files;
}
