/**
 * `hallpass/angular`: the client for Angular. Angular 20 or newer, with zone.js or without.
 *
 * @module hallpass/angular
 */
import type { EnvironmentProviders, Signal } from "@angular/core";
import type { ActivatedRouteSnapshot, Route, RouterStateSnapshot, UrlSegment, UrlTree } from "@angular/router";
import type { Observable } from "rxjs";
import type { AuthChange, AuthClient, AuthSnapshot, GivenUser, RegisteredUser as RegisteredForAll } from "./index.js";

/**
 * Declare the type of the user here, once, for the whole program.
 *
 * @example
 * declare module "hallpass/angular" {
 *   interface Register {
 *     user: Profile;
 *   }
 * }
 */
export interface Register {}

/** The user's type from `Register`, else that of `Register` in `hallpass`. */
export type RegisteredUser = Register extends {
  /** As the app declares it. */
  user: infer User;
}
  ? User
  : RegisteredForAll;

/** What `createAuth` returned: the client or its promise. */
export type GivenAuth = AuthClient<GivenUser<RegisteredUser>> | PromiseLike<AuthClient<GivenUser<RegisteredUser>>>;

/**
 * The state as signals, and the calls. A call waits until the client is ready.
 *
 * @example
 * readonly auth = inject(Auth);
 */
export declare abstract class Auth {
  /** The whole state: one object until something in it changes. */
  readonly snapshot: Signal<AuthSnapshot<RegisteredUser>>;
  /** Whether somebody is signed in. `"restoring"` on a server, during hydration, and until the client is ready. */
  readonly status: Signal<AuthSnapshot["status"]>;
  /** Who is signed in, or `null`. Changes only when the user changes, not at a refresh. */
  readonly user: Signal<RegisteredUser | null>;
  /** Claims of the current access token, or `null`. Only the option `verify` makes them more than what the token says. */
  readonly claims: Signal<AuthClient["claims"]>;
  /** Why nobody is signed in, or `null`. */
  readonly reason: Signal<AuthSnapshot["reason"]>;
  /** End of the access token in ms since 1970, or `null`. */
  readonly expiresAt: Signal<number | null>;
  /** When the current token arrived in ms since 1970, or `null`. */
  readonly issuedAt: Signal<number | null>;
  /** Whether the session survives a reload. */
  readonly storage: Signal<AuthSnapshot["storage"]>;
  /** Why the client could not be made (an `AuthError`: `config_invalid`, `unsupported`), else `null`. */
  readonly error: Signal<unknown>;
  /** The events from the subscription on. Never completes by itself. */
  readonly changes: Observable<AuthChange<RegisteredUser>>;
  /** As of the client. */
  readonly login: AuthClient<RegisteredUser>["login"];
  /** As of the client. */
  readonly logout: AuthClient["logout"];
  /** As of the client. `HttpClient` uses it. */
  readonly authFetch: AuthClient["authFetch"];
  /** As of the client. */
  readonly refresh: AuthClient<RegisteredUser>["refresh"];
  /** As of the client. */
  readonly accessToken: AuthClient["accessToken"];
}

/** Where the guards lead, and what the server found. */
export interface AuthPaths {
  /** The page with the form. Default `"/login"`. */
  loginUrl?: string | undefined;
  /** Where a login leads that no guard asked for. Default `"/"`. */
  homeUrl?: string | undefined;
  /** The query parameter in which the login page gets the wanted page. Default `"returnUrl"`. */
  returnParam?: string | undefined;
  /**
   * The user that the server has found, `null` if it found nobody, or a function that gives it, called once in an injection context. Shown on
   * the server, while that hydrates, and until the client knows. Without it a server renders `"restoring"`.
   */
  initial?: RegisteredUser | null | undefined | (() => RegisteredUser | null | undefined);
}

/**
 * Provides {@link Auth}, and lets `HttpClient` use `authFetch`. Interceptors, `httpResource` and all options keep working, except
 * upload progress, which `fetch` does not have. Put it after `provideHttpClient()`.
 *
 * `auth` is what `createAuth` returned (then the app disposes of it), or a function that makes it. The function is called once, in browsers
 * only, and its client is disposed of with the app. If the client cannot be made, the error is in `Auth.error` and goes to the app's `ErrorHandler`.
 *
 * On a server the status is `"restoring"`, or what `initial` says, and `HttpClient` calls as nobody.
 *
 * @throws {Error} when the app starts: without a client, or with `provideHttpClient()` after it.
 * @example
 * bootstrapApplication(App, { providers: [provideHttpClient(), provideAuth(() => createAuth({ mode: "hybrid" }))] });
 */
export declare function provideAuth(auth: GivenAuth | (() => GivenAuth) | null, paths?: AuthPaths): EnvironmentProviders;

/** A guard for `canActivate`, `canActivateChild` and `canMatch`. */
export type AuthGuard = (
  route: ActivatedRouteSnapshot | Route,
  state: RouterStateSnapshot | UrlSegment[],
) => Promise<true | UrlTree>;

/**
 * Lets in users who are signed in, and leads others to `loginUrl`, with the wanted page. The user leaves a guarded page when the session
 * ends, also in another tab. While the status is `"restoring"` it lets everybody in: on a server, and if the backend is down.
 */
export declare const signedInGuard: AuthGuard;

/**
 * For the login page: leads users who are signed in to the wanted page, else to `homeUrl`; also when they sign in there, or in
 * another tab.
 */
export declare const signedOutGuard: AuthGuard;
