/**
 * `hallpass/solid`: the client in the idiom of Solid. Solid 1.
 *
 * The app makes the client, once, and the client stays the app's: nothing here makes another one or disposes of it.
 */
import type { Accessor, JSX } from "solid-js";
import type { AuthClient, AuthSnapshot, AuthUser } from "./index.js";

/**
 * The place to say once what a user is, for every call of the program.
 *
 * @example
 * declare module "hallpass/solid" {
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

/** What a component sees: the state as accessors, and the calls. A call that comes before the client waits for it. */
export type Auth<User = RegisteredUser> = {
  readonly [Name in keyof AuthSnapshot<User>]: Accessor<AuthSnapshot<User>[Name]>;
} & Pick<AuthClient<User>, "login" | "logout" | "authFetch" | "refresh" | "accessToken">;

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
  children?: JSX.Element;
}

/** Hands the client to what is inside. On a server, and while that hydrates, the status is `"restoring"`. */
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
 * The user, or `null`. Changes only when the user does, not at a refresh.
 *
 * @throws {Error} outside of `<AuthProvider>`.
 */
export declare function useUser(): Accessor<RegisteredUser | null>;

/** Shows its children while somebody is signed in. */
export declare function SignedIn(props: { children?: JSX.Element }): JSX.Element;

/** Shows its children while it is known that nobody is signed in. */
export declare function SignedOut(props: { children?: JSX.Element }): JSX.Element;

/** Shows its children while it is not known yet whether somebody is signed in. */
export declare function Restoring(props: { children?: JSX.Element }): JSX.Element;
