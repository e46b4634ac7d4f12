// Angular without its command line: the components are compiled in the page.

/** Decorators as Angular's compiler knows them. */
export const angular = () => ({ name: "angular", config: () => ({ oxc: { decorator: { legacy: true } } }) });

/** The page's configuration for an app with zone.js. */
export function withZone(config) {
  if (!config.includes("provideZonelessChangeDetection")) throw new Error("the configuration is not that of an app without zone.js");
  return config.replaceAll("provideZonelessChangeDetection", "provideZoneChangeDetection");
}

/** What `ng new` makes of `main.ts`, with this configuration. */
export const mainWith = (config, zone) => `
  ${zone ? `import "${zone}";` : ""}
  import "@angular/compiler";
  import { bootstrapApplication } from "@angular/platform-browser";
  import { appConfig } from "./app/${config}";
  import { App } from "./app/app";

  document.body.append(document.createElement("app-root"));
  bootstrapApplication(App, appConfig).catch((error) => reportError(error));
`;
