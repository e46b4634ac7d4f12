// Angular without its command line: the components are compiled in the page.

/** Decorators as Angular's compiler knows them. */
export const angular = () => ({ name: "angular", config: () => ({ oxc: { decorator: { legacy: true } } }) });

/** What `ng new` makes of `main.ts`, with zone.js or without. */
export const mainWith = (zone) => `
  ${zone ? `import "${zone}";` : ""}
  import "@angular/compiler";
  import { mergeApplicationConfig, provideZoneChangeDetection, provideZonelessChangeDetection } from "@angular/core";
  import { bootstrapApplication } from "@angular/platform-browser";
  import { appConfig } from "./app/app.config";
  import { App } from "./app/app";

  document.body.append(document.createElement("app-root"));
  const own = { providers: [${zone ? "provideZoneChangeDetection()" : "provideZonelessChangeDetection()"}] };
  bootstrapApplication(App, mergeApplicationConfig(appConfig, own)).catch((error) => reportError(error));
`;
