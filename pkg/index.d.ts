/**
 * hallpass: the auth client for browser apps.
 *
 * All durations are in seconds, all points in time in milliseconds since 1970 (as `Date.now()`).
 */

declare global {
  // Also in TypeScript's own library from es2023 on, and then the same.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** How the backend keeps people signed in. */
export type AuthMode =
  /** An HttpOnly session cookie; the session lives on the server. */
  | "session"
  /** An access token (JWT or opaque), usually with a refresh token; both held by the page. */
  | "jwt"
  /** A short-lived access token held in memory; the refresh token in an HttpOnly cookie. */
  | "hybrid";

/** What the client knows about the visitor. */
export type AuthStatus =
  /** Not known yet: the stored session is being read, or the backend could not be asked so far. */
  | "restoring"
  | "signed-in"
  | "signed-out";

/** Why the visitor is signed out. `null` while nobody was signed in or somebody is. */
export type SignOutReason =
  /** `logout()` was called here. */
  | "logout"
  /** `logout()` was called in another tab. */
  | "logout_elsewhere"
  /** The server said that the session is over (401 from `me`, or the app's own rule without `me`). */
  | "session_ended"
  /** The server refused the refresh token for good (RFC 6749 §5.2 `invalid_grant`, or 401/403). */
  | "refresh_refused"
  /** The server refused a refresh whose earlier answer had been lost. */
  | "refresh_outcome_unknown"
  /** The access token ended and there is nothing to renew it with. */
  | "token_expired"
  /** The stored session was ours but damaged; it was removed. */
  | "stored_session_invalid"
  /** The stored session disappeared from the store. */
  | "store_cleared";

/** Whether the session survives a reload. */
export type StorageState =
  | "ok"
  /** The store is blocked, full or missing: the session lives in this page only. */
  | "unavailable"
  /** Another app's data, or that of a newer hallpass, is under our key: left alone, memory only. */
  | "occupied";

/** The user: the profile that the backend answered, or else the claims of the access token. Frozen. */
export type AuthUser = Readonly<Record<string, unknown>>;

/** The claims of the current access token (RFC 7519 §4), not verified. Frozen. */
export type AuthClaims = Readonly<
  {
    iss?: string;
    sub?: string;
    aud?: string | readonly string[];
    exp?: number;
    nbf?: number;
    iat?: number;
    jti?: string;
  } & Record<string, unknown>
>;

/** One state of the client. The same object is returned until something in it changes. */
export interface AuthSnapshot<User = AuthUser> {
  readonly status: AuthStatus;
  readonly user: User | null;
  readonly reason: SignOutReason | null;
  /** End of the access token (or of the session, if the server tells) in ms since 1970 by this device's clock. */
  readonly expiresAt: number | null;
  /** When the current token arrived, same clock. With `expiresAt` this gives its lifetime. */
  readonly issuedAt: number | null;
  readonly storage: StorageState;
}

/** What happened; handed to subscribers with the state after it. */
export interface AuthChange<User = AuthUser> extends AuthSnapshot<User> {
  readonly event:
    | "restored"
    | "signed-in"
    | "signed-out"
    | "refreshed"
    /** Same subject, other profile. */
    | "user-changed"
    /** Somebody else is signed in now: throw away what you hold of the old user. */
    | "subject-changed"
    | "storage-changed"
    /**
     * An API answered 401 with `error="insufficient_user_authentication"` (RFC 9470): the user is signed in, but not in
     * the way it wants. Sign in anew with `acrValues` and `maxAge`, then call again. The call gets the 401.
     */
    | "step-up-required";
  /** With `"step-up-required"`: the authentication contexts that are wanted, the most wanted first. */
  readonly acrValues?: readonly string[];
  /** With `"step-up-required"`: so many seconds ago the user may have authenticated at most; `null`: any time. */
  readonly maxAge?: number | null;
}

/** One line of the journal: what led to the present state. Holds no token, password or user data. */
export interface JournalEntry {
  /** ms since 1970 by this device's clock. */
  readonly time: number;
  /** What happened, e.g. `"refresh sent"`. */
  readonly event: string;
  /** A fixed word or two about it, e.g. `"network"`. */
  readonly detail: string | null;
  /** A number that belongs to it: an HTTP status, seconds, a generation. */
  readonly value: number | null;
}

/** A store of your own, e.g. IndexedDB or the app's native keychain. Each method may return a promise. */
export interface AuthStore {
  /** The value under `key`, or `null`. */
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  set(key: string, value: string): void | Promise<void>;
  remove(key: string): void | Promise<void>;
}

/** Paths (resolved against `baseUrl`) or absolute URLs on listed origins. `false`: the backend has none. */
export interface AuthEndpoints {
  /** POST. Default `"/auth/login"`. */
  login?: string | false;
  /** POST. Default `"/auth/logout"`. */
  logout?: string | false;
  /** POST. Default `"/auth/refresh"`; in `session` mode none. */
  refresh?: string | false;
  /** GET, answers the user or 401. Default `"/auth/me"` in `session` mode, else none. */
  me?: string | false;
}

/**
 * Where the parts of a token answer are, as a path: `"data.jwt"`.
 * By default the usual names are tried (`access_token`, `accessToken`, `access`, `token`, `jwt`, `idToken`), at the top and under `data`.
 */
export interface AuthFields {
  accessToken?: string;
  refreshToken?: string;
  /** Lifetime in seconds (RFC 6749 §5.1 `expires_in`). */
  expiresIn?: string;
  /** End as seconds or milliseconds since 1970. */
  expiresAt?: string;
  user?: string;
}

/** How the refresh token reaches the refresh endpoint. */
export type RefreshTokenTransport =
  /** `{"refresh_token": "…"}`; `name` renames the field. The default in `jwt` mode. */
  | { in: "json"; name?: string; params?: Record<string, string> }
  /** RFC 6749 §6: `grant_type=refresh_token&refresh_token=…`; `params` adds e.g. `client_id`. */
  | { in: "form"; name?: string; params?: Record<string, string> }
  /** An HttpOnly cookie; the page never sees it. Always so in `hybrid` and `session` mode. */
  | { in: "cookie" }
  /** A request header; `name` defaults to `X-Refresh-Token`. */
  | { in: "header"; name?: string };

/** Where the CSRF token comes from. It is read at the moment of sending, for unsafe methods only. */
export type CsrfOptions =
  /** A cookie that script may read. Default in `session` and `hybrid` mode: `XSRF-TOKEN`, sent as `X-XSRF-TOKEN`. */
  | { cookie: string; header?: string }
  /** A GET endpoint that answers `{"csrfToken": "…"}` (also `csrf_token`, `csrf`, `token`, or `field`). The way for another site's API.
   *  Sent as `X-CSRF-Token`, as is that of a `meta` element, unless `header` says otherwise. */
  | { endpoint: string; field?: string; header?: string }
  /** `<meta name="…" content="…">` in the page. */
  | { meta: string; header?: string };

/** Each is described in docs/options.md. */
export interface AuthOptions {
  mode: AuthMode;
  /** Name of this client; one page may hold several. Default `"default"`. Twice the same key gives the same engine. */
  key?: string;
  /** Absolute http(s) URL that endpoints and relative `authFetch` URLs resolve against. Default: the page's. */
  baseUrl?: string | URL;
  endpoints?: AuthEndpoints;
  /** Further origins that get the credential, e.g. `"https://files.example.com"`. Compared exactly. */
  origins?: readonly string[];
  /** Origins on plain `http` that may get a token although they are not local. */
  insecureOrigins?: readonly string[];
  /**
   * Where a session is kept. `jwt`: the tokens, default `"memory"`. `session` and `hybrid`: never a token, only the
   * note that a logout has yet to reach the server or that a refresh has begun, default `"local"`.
   */
  storage?: "memory" | "session" | "local" | AuthStore;
  fields?: AuthFields;
  refreshToken?: RefreshTokenTransport;
  /** Default `{ name: "Authorization", scheme: "Bearer" }`; an empty scheme sends the bare token. */
  header?: { name?: string; scheme?: string };
  /** `false`: the backend needs none (it checks `Origin` or `Sec-Fetch-Site`). */
  csrf?: CsrfOptions | false;
  /** A token counts as expired this many seconds before its end (never over half of its life). Default 30. */
  leeway?: number;
  /** Seconds that one request of hallpass itself (not of `authFetch`) may take. Default 15. */
  timeout?: number;
  /**
   * Name each refresh attempt in an `Idempotency-Key` header, so that a server with a grace window can answer a repeat
   * as it answered before. Default: only where the refresh endpoint has the page's own origin, as elsewhere CORS must allow the header.
   */
  idempotencyKey?: boolean;
  /** Renew before the end also while no call is made. Default `true`. */
  timedRefresh?: boolean;
  /**
   * Hand a new access token to the other tabs of the origin over `BroadcastChannel`, so that one refresh serves all. Never the
   * refresh token. Any script of the origin can listen. Default `false`.
   */
  shareAcrossTabs?: boolean;
  /** The app's own rule for "this answer means signed out", in place of status 401. Must not read the body without `clone()`. */
  isSignedOut?: (response: Response) => boolean | Promise<boolean>;
}

/** Every `code` an `AuthError` can have. The list is closed; see docs/errors.md. */
export type AuthErrorCode =
  | "config_invalid"
  | "unsupported"
  | "invalid_credentials"
  | "request_rejected"
  | "rate_limited"
  | "server_error"
  | "network_error"
  | "timeout"
  | "response_invalid"
  | "token_malformed"
  | "csrf_failed"
  | "signed_out"
  | "refresh_unavailable"
  | "superseded"
  | "disposed";

/** What an `AuthError` holds beside `code` and `message`. */
export type AuthErrorMembers = Pick<
  AuthError,
  "status" | "retryable" | "retryAfter" | "serverCode" | "serverMessage" | "option" | "reason" | "cause"
>;

export declare class AuthError extends Error {
  /** For stand-ins in an app's tests. What `members` leaves out is `null`, `retryable` is `false`. */
  constructor(code: AuthErrorCode, message: string, members?: Partial<AuthErrorMembers>);
  readonly name: "AuthError";
  readonly code: AuthErrorCode;
  /** HTTP status of the answer behind it, or `null`. */
  readonly status: number | null;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** Seconds to wait (RFC 9110 §10.2.3 `Retry-After`), or `null`. */
  readonly retryAfter: number | null;
  /** The server's own error code (RFC 6749 §5.2 `error`), or `null`. */
  readonly serverCode: string | null;
  /** The server's own words (`error_description`, `message`, `detail`), or `null`. */
  readonly serverMessage: string | null;
  /** Of `config_invalid`: the option. Else `null`. */
  readonly option: string | null;
  /** What was thrown underneath, if anything. */
  readonly cause?: unknown;
  /** Why the visitor is signed out. Of `signed_out`, else `null`. */
  readonly reason: SignOutReason | null;
}

/** Whether `e` is an `AuthError`, also one of another copy of this package. */
export declare function isAuthError(e: unknown): e is AuthError;

export interface AuthClient<User = AuthUser> {
  readonly status: AuthStatus;
  readonly user: User | null;
  /** Claims of the current access token, or `null` (opaque token, session mode). */
  readonly claims: AuthClaims | null;
  /** Sends `credentials` as a JSON body to the login endpoint. Resolves with the user. */
  readonly login: (credentials: unknown, options?: { signal?: AbortSignal }) => Promise<User | null>;
  /** Signs out here at once, then tells the server for at most `timeout`. Never rejects for a server that is away. */
  readonly logout: () => Promise<void>;
  /** Takes what `fetch` takes, gives what `fetch` gives. */
  readonly authFetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;
  /** Renews now: the token, or in `session` mode the knowledge about the user. */
  readonly refresh: () => Promise<User | null>;
  /** The current access token, renewed first if it is due; for WebSockets and the like. `null` when signed out or in `session` mode. */
  readonly accessToken: () => Promise<string | null>;
  /** Calls back after each change. Returns the function that stops it. Fits `useSyncExternalStore`. */
  readonly subscribe: (listener: (change: AuthChange<User>) => void) => () => void;
  /** The present state; the same object until something changes. */
  readonly getSnapshot: () => AuthSnapshot<User>;
  /** What happened lately, oldest first. Safe to attach to a bug report. */
  readonly journal: () => JournalEntry[];
  /** Stops timers and listeners. The session itself stays. */
  readonly dispose: () => void;
  readonly [Symbol.dispose]: () => void;
}

/**
 * Makes a client, restoring what is stored. Resolves also when the backend is down.
 *
 * @throws {AuthError} `config_invalid`, naming the option; `unsupported`, naming what the browser or its CSP lacks.
 * @example
 * const auth = await createAuth({ mode: "jwt", storage: "local" });
 * await auth.login({ email, password });
 * const orders = await (await auth.authFetch("/orders")).json();
 */
export declare function createAuth<User = AuthUser>(options: AuthOptions): Promise<AuthClient<User>>;
