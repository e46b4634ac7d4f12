/**
 * `hallpass/svelte`: the client in Svelte's idiom. Svelte 5.
 *
 * The app makes the client, once, and the client stays the app's: nothing here makes another one or disposes of it.
 */
import type { Readable } from "svelte/store";
import type { AuthClient, AuthSnapshot, AuthUser } from "./index.js";

/** The state and the calls at one moment. A call that comes before the client waits for it. */
export interface AuthView<User = AuthUser>
  extends AuthSnapshot<User>,
    Pick<AuthClient<User>, "login" | "logout" | "authFetch" | "refresh" | "accessToken"> {
  /** Why the client could not be made (an `AuthError`: `config_invalid`, `unsupported`), else `null`. */
  readonly error: unknown;
}

/** With runes: `auth.user` in a template, `$derived` or `$effect` follows the client. As a store: `$auth.user`. */
export interface AuthState<User = AuthUser> extends AuthView<User>, Readable<AuthView<User>> {}

/** What a server has rendered for. */
export interface InitialState<User> {
  /**
   * The user that the server has found, `null` if it found nobody. Shown on the server, while that hydrates, and until the client knows.
   * Without it a server renders `"restoring"`.
   */
  initial?: User | null | undefined;
}

/**
 * `auth` is what `createAuth` returned: the client or the promise of one. Until it is there, the status is `"restoring"`.
 * If the promise rejects, the error is in `error` and goes to `reportError`. On a server, where `auth` may be `null`,
 * the status is `"restoring"`, or what `initial` says.
 *
 * @throws {Error} with an older Svelte, or without a client.
 * @example
 * export const auth = authState(createAuth({ mode: "hybrid" }));
 */
export declare function authState<User = AuthUser>(
  auth: AuthClient<User> | PromiseLike<AuthClient<User>> | null,
  options?: InitialState<User>,
): AuthState<User>;

/** Hands the state to the components below. For the script of a component. Gives it back. */
export declare function setAuthState<User>(state: AuthState<User>): AuthState<User>;

/**
 * The state that a component above has set. For the script of a component.
 *
 * @throws {Error} when none has.
 */
export declare function getAuthState<User = AuthUser>(): AuthState<User>;
