/**
 * `hallpass/react`: the client for React. React 18 or newer.
 *
 * The app makes the client, once and outside of components, and disposes of it. Nothing here makes another client.
 *
 * @module hallpass/react
 */
import type { ReactNode } from "react";
import type { AuthClient, AuthSnapshot, GivenUser, RegisteredUser as RegisteredForAll } from "./index.js";

/**
 * Declare the type of the user here, once, for every hook of the program.
 *
 * @example
 * declare module "hallpass/react" {
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

/** What a component sees: the state, and the calls. A call waits until the client is ready. */
export interface Auth<User = RegisteredUser>
  extends AuthSnapshot<User>,
    Pick<AuthClient<User>, "claims" | "login" | "logout" | "authFetch" | "refresh" | "accessToken"> {
  /** Always `null`: if the client cannot be made, `<AuthProvider>` throws the error to the error boundary around it. */
  readonly error: null;
}

/** What `<AuthProvider>` takes. */
export interface AuthProviderProps {
  /**
   * What `createAuth` returned: the client or its promise. Until the client is ready, the status is `"restoring"`. If the
   * promise rejects, the error (`config_invalid`, `unsupported`) is thrown to the nearest error boundary. `null` is for
   * servers only.
   */
  auth: AuthClient<GivenUser<RegisteredUser>> | PromiseLike<AuthClient<GivenUser<RegisteredUser>>> | null;
  /**
   * The user that the server found, or `null` if it found nobody. Shown on the server, during hydration, and
   * until the client knows. Without it, a server renders `"restoring"`. Read once.
   */
  initial?: RegisteredUser | null | undefined;
  /** The components that use the client. */
  children?: ReactNode;
}

/**
 * Gives the client to the components inside. On a server, and during hydration, the status is `"restoring"`, or what
 * `initial` says. If each render brings another client, it warns once in the console, and disposes of them when it is
 * unmounted.
 */
export declare function AuthProvider(props: AuthProviderProps): ReactNode;

/**
 * The state and the calls. The same object, and no new render, until something in it changes.
 *
 * @throws {Error} outside of `<AuthProvider>`.
 * @example
 * const { status, user, login, authFetch } = useAuth();
 */
export declare function useAuth(): Auth;

/**
 * The user, or `null`. Renders again only when the user changes, not at a refresh.
 *
 * @throws {Error} outside of `<AuthProvider>`.
 */
export declare function useUser(): RegisteredUser | null;

/** Shows its children while somebody is signed in. */
export declare function SignedIn(props: { children?: ReactNode }): ReactNode;

/** Shows its children while nobody is signed in. */
export declare function SignedOut(props: { children?: ReactNode }): ReactNode;

/** Shows its children until it is known whether somebody is signed in. */
export declare function Restoring(props: { children?: ReactNode }): ReactNode;
