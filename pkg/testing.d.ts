/**
 * `hallpass/testing`: a client for an app's own unit tests, without WebAssembly, browser or server.
 *
 * It has the types, events, errors and frozen objects of the real one. It loads nothing of the engine.
 *
 * @module hallpass/testing
 */
import type { AuthClient, AuthClaims, AuthStatus, LoginEndpoint, RegisteredUser, SignOutReason, StorageState } from "./index.js";

/** How the fake client begins. */
export interface FakeAuthOptions<User = RegisteredUser> {
  /** Who is signed in, or signs in by `login`. It is copied as JSON. Default `null`. */
  user?: User | null | undefined;
  /** Default: `"signed-in"` if there is a `user`, else `"signed-out"`. */
  status?: AuthStatus | undefined;
  /** Why nobody is signed in. Default `null`. */
  reason?: SignOutReason | null | undefined;
  /** What `login` resolves with, or why it rejects; may return a promise that the test settles. Default: `user`. */
  login?: ((credentials: unknown) => User | null | Promise<User | null>) | undefined;
  /** The value of `claims` while somebody is signed in. Default `null`, as for an opaque token. */
  claims?: AuthClaims | null | undefined;
  /** The result of `accessToken` while somebody is signed in. Default: a new text after each renewal; `null`: as in `session` mode. */
  accessToken?: string | null | undefined;
  /** Seconds from a sign-in or renewal to `expiresAt`. Default 900; `null`: the end is unknown. */
  lifetime?: number | null | undefined;
  /** Default `"ok"`. */
  storage?: StorageState | undefined;
  /** What relative URLs resolve against. Its origin gets the credential. Default: the page, or `http://localhost/`. */
  baseUrl?: string | URL | undefined;
}

/** The answer to a call: a `Response`, a status, or an error that the call rejects with; every other value is sent as JSON. */
export type FakeReply = object | string | number | boolean | null;

/** One call of the app, in the order in which they came. */
export type FakeCall =
  | {
      /** `login(credentials)`. */
      readonly method: "login";
      /** Its argument as JSON; of a form, its fields. */
      readonly credentials: unknown;
      /** Its endpoint, if not the usual one. */
      readonly endpoint?: string | LoginEndpoint;
    }
  | {
      /** `adopt(answer)`. */
      readonly method: "adopt";
      /** Its argument as JSON. */
      readonly answer: unknown;
    }
  | {
      /** `authFetch(…)`. */
      readonly method: "authFetch";
      /** Its arguments as one request. Its body can be read. */
      readonly request: Request;
    }
  | {
      /** `logout()`, `refresh()` or `accessToken()`. */
      readonly method: "logout" | "refresh" | "accessToken";
    };

/** What a test does with the fake client. */
export interface FakeControls<User = RegisteredUser> {
  /**
   * Somebody signs in, as in another tab. Event `"signed-in"`; for another user than before `"subject-changed"`,
   * for another profile of the same user `"user-changed"`, and while restoring `"restored"`.
   */
  signInAs(user: User | null): void;
  /** The session is over. Default of `reason`: `"logout_elsewhere"`. Event `"signed-out"`, or while restoring `"restored"`. */
  signOut(reason?: SignOutReason): void;
  /** The access token has expired: the next call renews it first. */
  expire(): void;
  /**
   * The next call of this method fails with `error`, once. For `"refresh"` that is the next renewal, whatever causes it. An error with the
   * code `signed_out` ends the session, with its `reason` or `"refresh_refused"`; with any other the caller gets `refresh_unavailable`.
   *
   * @throws {TypeError} For a method that cannot be made to fail.
   * @example
   * auth.fake.failNext("login", new AuthError("rate_limited", "too many attempts", { status: 429, retryAfter: 30 }));
   */
  failNext(method: "login" | "adopt" | "logout" | "refresh" | "accessToken" | "authFetch", error: Error): void;
  /**
   * Answers `authFetch`: `"/orders"`, `"POST /orders"`, `"/orders/*"` for all paths that begin so, a whole URL, or a function of the
   * request. The reply may be a function of the request, too. The last matching route counts. If no route matches, the call rejects with an error that says so.
   *
   * @example
   * auth.fake.answer("/orders", [{ id: 1 }]);
   * auth.fake.answer("POST /orders", (request) => new Response(request.body, { status: 201 }));
   */
  answer(
    route: string | ((request: Request) => boolean),
    reply: FakeReply | ((request: Request) => FakeReply | Promise<FakeReply>),
  ): void;
  /** The state of the store has changed: event `"storage-changed"`. */
  setStorage(state: StorageState): void;
  /** Tells subscribers that an API demands a stronger sign-in (RFC 9470). */
  emit(event: "step-up-required", details: { acrValues: readonly string[]; maxAge: number | null }): void;
  /** Tells subscribers that the token has become too large. */
  emit(event: "token-large", details: { heaviest: readonly { name: string; bytes: number }[] }): void;
  /** What the app has called so far, oldest first. Set its `length` to 0 to forget them. */
  readonly calls: FakeCall[];
}

/** A client for tests: all of `AuthClient`, and `fake` to control it. */
export interface FakeAuthClient<User = RegisteredUser> extends AuthClient<User> {
  /** For the test, not for the app. */
  readonly fake: FakeControls<User>;
}

/**
 * Makes a fake client. Returns it at once, without a promise.
 *
 * @example
 * const auth = createFakeAuth({ user: { id: 1, name: "Ada" } });
 * auth.fake.answer("/orders", []);
 * const orders = await (await auth.authFetch("/orders")).json();
 */
export declare function createFakeAuth<User = RegisteredUser>(options?: FakeAuthOptions<User>): FakeAuthClient<User>;
