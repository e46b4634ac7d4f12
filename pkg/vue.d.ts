/**
 * `hallpass/vue`: the client for Vue. Vue 3.3 or newer.
 *
 * The app makes the client, once, and disposes of it. Nothing here makes another client.
 *
 * @module hallpass/vue
 */
import type { ComputedRef, Plugin } from "vue";
import type { AuthClient, AuthSnapshot, GivenUser, RegisteredUser as RegisteredForAll } from "./index.js";

/**
 * Declare the type of the user here, once, for every composable of the program.
 *
 * @example
 * declare module "hallpass/vue" {
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

/** What a component sees: the state as refs, and the calls. A call waits until the client is ready. */
export type Auth<User = RegisteredUser> = {
  readonly [Name in keyof AuthSnapshot<User>]: ComputedRef<AuthSnapshot<User>[Name]>;
} & Pick<AuthClient<User>, "login" | "logout" | "authFetch" | "refresh" | "accessToken"> & {
    /** Claims of the current access token, or `null`. Only the option `verify` makes them more than what the token says. */
    readonly claims: ComputedRef<AuthClient<User>["claims"]>;
    /** Why the client could not be made (an `AuthError`: `config_invalid`, `unsupported`), else `null`. */
    readonly error: ComputedRef<unknown>;
  };

/** What the server found. */
export interface InitialState<User> {
  /**
   * The user that the server found, or `null` if it found nobody. Shown on the server, during hydration, and until the client knows.
   * Without it, a server renders `"restoring"`.
   */
  initial?: User | null | undefined;
}

/**
 * `auth` is what `createAuth` returned: the client or its promise. Until the client is ready, the status is `"restoring"`.
 * If the promise rejects, the error is in `useAuth().error` and goes to `app.config.errorHandler`, or without one to
 * `reportError`. On a server, where `auth` may be `null`, and while that hydrates, the status is `"restoring"`, or what `initial` says.
 *
 * @throws {Error} when it is installed: with an older Vue, or without a client.
 * @example
 * createApp(App).use(createAuthPlugin(auth)).mount("#app");
 */
export declare function createAuthPlugin(
  auth: AuthClient<GivenUser<RegisteredUser>> | PromiseLike<AuthClient<GivenUser<RegisteredUser>>> | null,
  options?: InitialState<RegisteredUser>,
): Plugin<[]>;

/**
 * The state as refs, and the calls. For `setup()`.
 *
 * @throws {Error} without the plugin, or outside of `setup()`.
 * @example
 * const { status, user, login, authFetch } = useAuth();
 */
export declare function useAuth(): Auth;

/** The user, or `null`. For `setup()`. */
export declare function useUser(): ComputedRef<RegisteredUser | null>;

/** A component that shows its slot in one of the three states. */
export type Part = new () => {
  /** None. */
  $props: {};
  /** One. */
  $slots: {
    /** What it shows. */
    default?: () => unknown;
  };
};

/** Shows its slot while somebody is signed in. */
export declare const SignedIn: Part;

/** Shows its slot while nobody is signed in. */
export declare const SignedOut: Part;

/** Shows its slot until it is known whether somebody is signed in. */
export declare const Restoring: Part;
