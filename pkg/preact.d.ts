/**
 * `hallpass/preact`: the client in the idiom of Preact. Preact 10 or newer.
 *
 * The app makes the client, once and outside of components, and the client stays the app's: nothing here makes another
 * one, or disposes of one that lasts.
 */
import type { ComponentChildren } from "preact";
import type { AuthClient, AuthSnapshot, AuthUser } from "./index.js";

/**
 * The place to say once what a user is, for every hook of the program.
 *
 * @example
 * declare module "hallpass/preact" {
 *   interface Register {
 *     user: Profile;
 *   }
 * }
 */
export interface Register {}

/** What `Register` says a user is, else {@link AuthUser}. */
export type RegisteredUser = Register extends {
  /** As the app declares it. */
  user: infer User;
}
  ? User
  : AuthUser;

/** What a component sees: the state, and the calls. A call that comes before the client waits for it. */
export interface Auth<User = RegisteredUser>
  extends AuthSnapshot<User>,
    Pick<AuthClient<User>, "login" | "logout" | "authFetch" | "refresh" | "accessToken"> {
  /** `null` always: a client that cannot be made is thrown by `<AuthProvider>` to the error boundary around it. */
  readonly error: null;
}

/** What `<AuthProvider>` takes. */
export interface AuthProviderProps {
  /**
   * What `createAuth` returned: the client or the promise of one. Until it is there, the status is `"restoring"`. If the
   * promise rejects, the error (`config_invalid`, `unsupported`) is thrown to the nearest error boundary. `null` on
   * a server only.
   */
  auth: AuthClient<RegisteredUser> | PromiseLike<AuthClient<RegisteredUser>> | null;
  /**
   * What a server has rendered for: the user that it has found, `null` if it found nobody. Shown on the server, while that hydrates, and
   * until the client knows. Without it a server renders `"restoring"`. Read once.
   */
  initial?: RegisteredUser | null | undefined;
  /** What may use the client. */
  children?: ComponentChildren;
}

/**
 * Hands the client to what is inside. On a server, and while that hydrates, the status is `"restoring"`. If each render brings
 * another client, it says so once in the console, and disposes of them when it is unmounted.
 */
export declare function AuthProvider(props: AuthProviderProps): ComponentChildren;

/**
 * The state and the calls. The same object, and no new render, until something in it changes.
 *
 * @throws {Error} outside of `<AuthProvider>`.
 * @example
 * const { status, user, login, authFetch } = useAuth();
 */
export declare function useAuth(): Auth;

/**
 * The user, or `null`. Renders anew only when the user changes, not at a refresh.
 *
 * @throws {Error} outside of `<AuthProvider>`.
 */
export declare function useUser(): RegisteredUser | null;

/** Shows its children while somebody is signed in. */
export declare function SignedIn(props: { children?: ComponentChildren }): ComponentChildren;

/** Shows its children while it is known that nobody is signed in. */
export declare function SignedOut(props: { children?: ComponentChildren }): ComponentChildren;

/** Shows its children while it is not known yet whether somebody is signed in. */
export declare function Restoring(props: { children?: ComponentChildren }): ComponentChildren;
