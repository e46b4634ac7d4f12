/**
 * `hallpass/solid`: the client for Solid. Solid 1.
 *
 * The app makes the client, once, and disposes of it. Nothing here makes another client.
 *
 * @module hallpass/solid
 */
import type { Accessor, JSX } from "solid-js";
import type { AuthClient, AuthSnapshot, GivenUser, RegisteredUser as RegisteredForAll } from "./index.js";

/**
 * Declare the type of the user here, once, for every call of the program.
 *
 * @example
 * declare module "hallpass/solid" {
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

/** What a component sees: the state as accessors, and the calls. A call waits until the client is ready. */
export type Auth<User = RegisteredUser> = {
  readonly [Name in keyof AuthSnapshot<User>]: Accessor<AuthSnapshot<User>[Name]>;
} & Pick<AuthClient<User>, "login" | "logout" | "authFetch" | "refresh" | "accessToken"> & {
    /** Claims of the current access token, or `null`. Only the option `verify` makes them more than what the token says. */
    readonly claims: Accessor<AuthClient<User>["claims"]>;
  };

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
  children?: JSX.Element;
}

/** Gives the client to the components inside. On a server, and during hydration, the status is `"restoring"`. */
export declare function AuthProvider(props: AuthProviderProps): JSX.Element;

/**
 * The state as accessors, and the calls.
 *
 * @throws {Error} outside of `<AuthProvider>`.
 * @example
 * const { status, user, login, authFetch } = useAuth();
 */
export declare function useAuth(): Auth;

/**
 * The user, or `null`. Changes only when the user changes, not at a refresh.
 *
 * @throws {Error} outside of `<AuthProvider>`.
 */
export declare function useUser(): Accessor<RegisteredUser | null>;

/** Shows its children while somebody is signed in. */
export declare function SignedIn(props: { children?: JSX.Element }): JSX.Element;

/** Shows its children while nobody is signed in. */
export declare function SignedOut(props: { children?: JSX.Element }): JSX.Element;

/** Shows its children until it is known whether somebody is signed in. */
export declare function Restoring(props: { children?: JSX.Element }): JSX.Element;
