// What `examples/angular` has beside the files of its page: what `ng new --zoneless` makes, as short as it can be.
import { readFile } from "node:fs/promises";

const text = (value) => `${JSON.stringify(value, null, 2)}\n`;

const MAIN = `import { bootstrapApplication } from "@angular/platform-browser";
import { appConfig } from "./app/app.config";
import { App } from "./app/app";

bootstrapApplication(App, appConfig).catch((error) => console.error(error));
`;

const INDEX = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>hallpass in Angular</title>
    <base href="/" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="icon" href="data:," />
  </head>
  <body>
    <app-root></app-root>
  </body>
</html>
`;

const WORKSPACE = {
  version: 1,
  cli: { analytics: false },
  projects: {
    app: {
      projectType: "application",
      root: "",
      architect: {
        build: {
          builder: "@angular/build:application",
          options: {
            browser: "src/main.ts",
            tsConfig: "tsconfig.json",
            // One copy of Angular, as the package is linked from a folder beside this one.
            preserveSymlinks: true,
          },
          configurations: {
            production: { outputHashing: "all" },
            development: { optimization: false, extractLicenses: false, sourceMap: true },
          },
          defaultConfiguration: "production",
        },
        serve: {
          builder: "@angular/build:dev-server",
          options: { buildTarget: "app:build:development" },
        },
      },
    },
  },
};

const COMPILER = {
  compilerOptions: {
    strict: true,
    noImplicitOverride: true,
    noPropertyAccessFromIndexSignature: true,
    noImplicitReturns: true,
    noFallthroughCasesInSwitch: true,
    skipLibCheck: true,
    isolatedModules: true,
    experimentalDecorators: true,
    importHelpers: true,
    target: "ES2022",
    module: "preserve",
    types: [],
  },
  angularCompilerOptions: {
    strictInjectionParameters: true,
    strictInputAccessModifiers: true,
    typeCheckHostBindings: true,
    strictTemplates: true,
  },
  include: ["src/**/*.ts"],
};

const PACKAGES = ["common", "compiler", "core", "platform-browser", "router"].map((name) => `@angular/${name}`);

/** By path. `page` is the text of docs/frameworks/angular.md. */
export async function angularFiles(page) {
  const { devDependencies: versions } = JSON.parse(await readFile(new URL("../angular-cli/package.json", import.meta.url), "utf8"));
  const versioned = (names) => Object.fromEntries(names.map((name) => [name, versions[name]]));
  const manifest = {
    name: "hallpass-example-angular",
    private: true,
    type: "module",
    scripts: { dev: "ng serve --proxy-config proxy.conf.json", build: "ng build" },
    dependencies: { hallpass: "file:../../pkg", ...versioned([...PACKAGES, "rxjs", "tslib"]) },
    devDependencies: versioned(["@angular/build", "@angular/cli", "@angular/compiler-cli", "typescript"]),
  };
  const [, proxy] = page.match(/`proxy\.conf\.json`:\n\n```json\n([\s\S]*?)```/);
  return new Map([
    ["package.json", text(manifest)],
    ["angular.json", text(WORKSPACE)],
    ["tsconfig.json", text(COMPILER)],
    ["proxy.conf.json", proxy],
    ["src/main.ts", MAIN],
    ["src/index.html", INDEX],
  ]);
}
