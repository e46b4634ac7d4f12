// `hallpass/angular`, as an app uses it and as it may not.
import { provideHttpClient } from "@angular/common/http";
import { type ApplicationConfig, inject, type Signal } from "@angular/core";
import type { CanActivateChildFn, CanActivateFn, CanMatchFn, Routes } from "@angular/router";
import { type AuthUser, createAuth } from "hallpass";
import { Auth, provideAuth, signedInGuard, signedOutGuard } from "hallpass/angular";

const auth = createAuth({ mode: "hybrid" });
export const config: ApplicationConfig = { providers: [provideHttpClient(), provideAuth(auth)] };
export const providers = [
  provideAuth(await auth),
  provideAuth(() => createAuth({ mode: "jwt" }), { loginUrl: "/in", homeUrl: "/home", returnParam: "to" }),
  provideAuth(null),
];
export const routes: Routes = [
  { path: "a", canActivate: [signedInGuard], children: [] },
  { path: "b", canActivateChild: [signedInGuard], canMatch: [signedOutGuard], children: [] },
];
export const guards: [CanActivateFn, CanActivateChildFn, CanMatchFn] = [signedInGuard, signedInGuard, signedOutGuard];

export class Page {
  private readonly auth = inject(Auth);
  readonly user: Signal<AuthUser | null> = this.auth.user;

  title(): string {
    const { status, user, error, reason, expiresAt, snapshot } = this.auth;
    const end: number | null = expiresAt();
    this.auth.changes.subscribe(({ event }) => event === "subject-changed");
    // @ts-expect-error -- the status is not the app's to set
    status.set("signed-in");
    // @ts-expect-error -- a signal, not the status itself
    const is = status === "signed-in";
    // @ts-expect-error -- a status that does not exist
    const no = status() === "signed_in";
    // @ts-expect-error -- the user may be null
    user().name;
    return [snapshot().status, user()?.["name"], error(), reason(), end, is, no].join();
  }
}

// @ts-expect-error -- options are no client
provideAuth({ mode: "jwt" });
// @ts-expect-error -- no such place
provideAuth(auth, { login: "/in" });
// @ts-expect-error -- it comes by `inject`
new Auth();

interface Profile {
  name: string;
}
// Without `Register` a binding takes a client of whatever user.
export const given = provideAuth(() => createAuth<Profile>({ mode: "jwt" }));
