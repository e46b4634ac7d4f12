import { provideHttpClient } from "@angular/common/http";
import { type ApplicationConfig, provideBrowserGlobalErrorListeners, provideZonelessChangeDetection } from "@angular/core";
import { provideRouter } from "@angular/router";
import { createAuth } from "hallpass";
import { provideAuth } from "hallpass/angular";
import { routes } from "./app.routes";

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideZonelessChangeDetection(),
    provideRouter(routes),
    provideHttpClient(),
    provideAuth(() =>
      createAuth({
        mode: "hybrid",
        endpoints: { login: "/auth/hybrid/login", refresh: "/auth/hybrid/refresh", logout: "/auth/hybrid/logout" },
      }),
    ),
  ],
};
