import { provideHttpClient } from "@angular/common/http";
import { type ApplicationConfig, provideBrowserGlobalErrorListeners, provideZonelessChangeDetection } from "@angular/core";
import { provideClientHydration } from "@angular/platform-browser";
import { provideRouter } from "@angular/router";
import { createAuth } from "hallpass";
import { provideAuth } from "hallpass/angular";
import { routes } from "./app.routes";
import { initialUser } from "./initial-user";

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideZonelessChangeDetection(),
    provideRouter(routes),
    provideClientHydration(),
    provideHttpClient(),
    provideAuth(
      () =>
        createAuth({
          mode: "session",
          endpoints: { login: "/auth/session/login", logout: "/auth/session/logout", me: "/auth/session/me" },
        }),
      { initial: initialUser },
    ),
  ],
};
