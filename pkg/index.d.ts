/**
 * hallpass: the auth client for browser apps.
 *
 * All durations are in seconds, all points in time in milliseconds since 1970 (as `Date.now()`).
 *
 * @module hallpass
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
  /** Not known yet: the stored session is being read, another tab is busy with it, or the backend has not answered so far. */
  | "restoring"
  /** Somebody is signed in. `user` may still be `null`, if the backend does not say who. */
  | "signed-in"
  /** Nobody is signed in. `reason` says why, if somebody was. */
  | "signed-out";

/** Why the user is signed out. `null` while somebody is signed in, and if nobody was. */
export type SignOutReason =
  /** `logout()` was called here. */
  | "logout"
  /** `logout()` was called in another tab. */
  | "logout_elsewhere"
  /** The server says that the session is over (by `me`, or without `me` by the app's own rule). */
  | "session_ended"
  /** The server finally refused the refresh (RFC 6749 §5.2 `invalid_grant`, 401 and the like; see [options](https://github.com/hallpass-auth/hallpass/blob/main/docs/options.md)). */
  | "refresh_refused"
  /** The server refused a refresh whose earlier answer was lost. */
  | "refresh_outcome_unknown"
  /** The access token expired, and there is nothing to renew it with. */
  | "token_expired"
  /** The stored session was damaged, and was removed. */
  | "stored_session_invalid"
  /** The stored session disappeared from the store. */
  | "store_cleared"
  /** The key that its tokens are bound to is not in this browser any more (`sso.dpop`). */
  | "key_lost";

/** Whether the session survives a reload. */
export type StorageState =
  | "ok"
  /** The store is blocked, full or missing: the session is in this page's memory only. */
  | "unavailable"
  /** The key holds data of another app or of a newer hallpass. It is not touched; the session is in memory only. */
  | "occupied";

/** The user: the profile from the backend, or else the claims of the access token. Frozen. */
export type AuthUser = Readonly<Record<string, unknown>>;

/**
 * Declare the type of the user here, once, for the whole program: in a file of its own, such as `hallpass.d.ts`, that no `.ts` file stands beside by
 * the same name. See [types](https://github.com/hallpass-auth/hallpass/blob/main/docs/types.md).
 *
 * @example
 * import "hallpass";
 *
 * declare module "hallpass" {
 *   interface Register {
 *     user: Profile;
 *   }
 * }
 */
export interface Register {}

/** The user's type from `Register`, else {@link AuthUser}. */
export type RegisteredUser = Register extends {
  /** As the app declares it. */
  user: infer User;
}
  ? User
  : AuthUser;

/** Of which user a binding takes the client: of the registered one; without `Register` of any. */
export type GivenUser<User = RegisteredUser> = AuthUser extends User ? object : User;

/** The claims that have a registered name (RFC 7519 §4.1). */
export interface RegisteredClaims {
  /** Issuer (§4.1.1). */
  iss?: string;
  /** Subject: the person whom the token is about (§4.1.2). */
  sub?: string;
  /** Audience: whom the token is for (§4.1.3). */
  aud?: string | readonly string[];
  /** Expiry, in seconds since 1970 (§4.1.4). */
  exp?: number;
  /** Start, in seconds since 1970 (§4.1.5). */
  nbf?: number;
  /** Time of issue, in seconds since 1970 (§4.1.6). */
  iat?: number;
  /** Name of this token (§4.1.7). */
  jti?: string;
}

/** The claims of the current access token (RFC 7519 §4), verified only with the option `verify`. Frozen. */
export type AuthClaims = Readonly<RegisteredClaims & Record<string, unknown>>;

/** One state of the client. The same object is returned until something in it changes. */
export interface AuthSnapshot<User = AuthUser> {
  /** Whether somebody is signed in. */
  readonly status: AuthStatus;
  /** Who is signed in; `null` if nobody is, or if the backend does not say who. */
  readonly user: User | null;
  /** Why nobody is signed in; `null` while somebody is, and if nobody was. */
  readonly reason: SignOutReason | null;
  /** End of the access token (or of the session, if the server says it), in ms since 1970 by this device's clock. */
  readonly expiresAt: number | null;
  /** When the current token came, by the same clock. With `expiresAt` this gives its lifetime. */
  readonly issuedAt: number | null;
  /** Whether the session survives a reload. */
  readonly storage: StorageState;
}

/** A change that has no data besides the state after it. */
export interface PlainChange<User, Event extends string> extends AuthSnapshot<User> {
  /** What happened. */
  readonly event: Event;
  /** With `"step-up-required"` only. */
  readonly acrValues?: never;
  /** With `"step-up-required"` only. */
  readonly maxAge?: never;
  /** With `"token-large"` only. */
  readonly heaviest?: never;
  /** With `"signed-out"` only. */
  readonly serverCode?: string | null;
  /** With `"signed-out"` only. */
  readonly serverMessage?: string | null;
}

/** It is known for the first time whether somebody is signed in. */
export interface RestoredChange<User = AuthUser> extends PlainChange<User, "restored"> {
  /** Whether somebody is signed in. */
  readonly status: "signed-in" | "signed-out";
}

/** Somebody signed in, here or in another tab; with `"subject-changed"`, in place of somebody else. */
export interface SignedInChange<User = AuthUser> extends PlainChange<User, "signed-in" | "subject-changed"> {
  /** With `"subject-changed"`: clear your data of the previous user. */
  readonly event: "signed-in" | "subject-changed";
  /** Somebody is signed in. */
  readonly status: "signed-in";
  /** Always `null`: somebody is signed in. */
  readonly reason: null;
}

/** The session is over; `reason` says why. */
export interface SignedOutChange<User = AuthUser> extends PlainChange<User, "signed-out"> {
  /** Nobody is signed in. */
  readonly status: "signed-out";
  /** Nobody. */
  readonly user: null;
  /** Why the session ended. */
  readonly reason: SignOutReason;
  /** The server's own error code, if the answer that ended the session has one. */
  readonly serverCode: string | null;
  /** The server's own error message, if that answer has one. */
  readonly serverMessage: string | null;
}

/**
 * The session continues: with a new token or another end (`"refreshed"`), another profile of the same subject (`"user-changed"`),
 * or another state of its store (`"storage-changed"`).
 */
export interface StateChange<User = AuthUser> extends PlainChange<User, "refreshed" | "user-changed" | "storage-changed"> {
  /** What has changed. */
  readonly event: "refreshed" | "user-changed" | "storage-changed";
}

/**
 * An API answered 401 with `error="insufficient_user_authentication"` (RFC 9470): it demands a stronger sign-in.
 * Sign in again with `acrValues` and `maxAge`, then call again. The call itself gets the 401.
 */
export interface StepUpChange<User = AuthUser> extends AuthSnapshot<User> {
  /** The call gets the 401. */
  readonly event: "step-up-required";
  /** The authentication contexts that the API accepts (`acr_values`, RFC 9470 §3), the preferred one first. */
  readonly acrValues: readonly string[];
  /** How many seconds ago the user may have authenticated at most (`max_age`, RFC 9470 §3); `null`: any time. */
  readonly maxAge: number | null;
  /** With `"token-large"` only. */
  readonly heaviest?: never;
}

/** The access token is so large that many servers refuse requests with it (over 8 KiB in the header). */
export interface TokenLargeChange<User = AuthUser> extends AuthSnapshot<User> {
  /** Sent once, when the token comes. */
  readonly event: "token-large";
  /** The largest claims, with the length of their JSON; the largest first, at most five. */
  readonly heaviest: readonly ClaimWeight[];
  /** With `"step-up-required"` only. */
  readonly acrValues?: never;
  /** With `"step-up-required"` only. */
  readonly maxAge?: never;
}

/** A claim, and how much it adds to the token. */
export interface ClaimWeight {
  /** Its name in the token. */
  readonly name: string;
  /** Length of its value as JSON, in bytes of UTF-8. */
  readonly bytes: number;
}

/**
 * What happened, with the state after it; subscribers get it. Frozen. `event` says which variant it is:
 *
 * @example
 * auth.subscribe((change) => {
 *   if (change.event === "signed-out") show(texts[change.reason]);
 *   else if (change.event === "subject-changed") cache.clear();
 * });
 */
export type AuthChange<User = AuthUser> =
  | RestoredChange<User>
  | SignedInChange<User>
  | SignedOutChange<User>
  | StateChange<User>
  | StepUpChange<User>
  | TokenLargeChange<User>;

/** The name of what happened. */
export type AuthEvent = AuthChange["event"];

/** One line of the journal: what led to the current state. It holds no token, password or user data. */
export interface JournalEntry {
  /** ms since 1970 by this device's clock. */
  readonly time: number;
  /** What happened, e.g. `"refresh sent"`. */
  readonly event: string;
  /** A fixed word or two of detail, e.g. `"network"`. */
  readonly detail: string | null;
  /** A number: an HTTP status, seconds, a generation. */
  readonly value: number | null;
}

/** A store of your own, e.g. IndexedDB or the app's native keychain. Each method may return a promise. */
export interface AuthStore {
  /** The value under `key`, or `null`. */
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  /** Stores `value` under `key`, replacing what was there. */
  set(key: string, value: string): void | Promise<void>;
  /** Removes what is under `key`, if anything. */
  remove(key: string): void | Promise<void>;
}

/**
 * Each is a path (resolved against `baseUrl`) or an absolute URL on a listed origin; an object, if the backend wants or answers
 * something unusual; or `false`, if the backend has no such endpoint.
 */
export interface AuthEndpoints {
  /** Takes the credentials. Default: POST `"/auth/login"`, JSON. */
  login?: string | LoginEndpoint | false | undefined;
  /** Is told of a logout. Default: POST `"/auth/logout"`. */
  logout?: string | TokenEndpoint | false | undefined;
  /** Renews the session. Default: POST `"/auth/refresh"`; in `session` mode none. */
  refresh?: string | TokenEndpoint | false | undefined;
  /** Answers the user, or 401 and the like for nobody. Default: GET `"/auth/me"` in `session` mode, else none. */
  me?: string | TokenEndpoint | false | undefined;
}

/** The endpoints of `session` mode. */
export interface SessionEndpoints {
  /** Takes the credentials. Default: POST `"/auth/login"`, JSON. */
  login?: string | LoginEndpoint | false | undefined;
  /** Is told of a logout. Default: POST `"/auth/logout"`. */
  logout?: string | EndpointContract | false | undefined;
  /** Renews the session; asked when `me` says that nobody is signed in. Default: none. */
  refresh?: string | EndpointContract | false | undefined;
  /** Answers the user, or 401 and the like for nobody. Default: GET `"/auth/me"`. It is required: it says who is signed in. */
  me?: string | EndpointContract | undefined;
}

/** The endpoints of `hybrid` mode. */
export interface HybridEndpoints extends AuthEndpoints {
  /** Renews the session. Default: POST `"/auth/refresh"`. It is required: every access token comes from it. */
  refresh?: string | TokenEndpoint | undefined;
}

/** How a body is sent. */
export type BodyFormat =
  /** `application/json`. */
  | "json"
  /** `application/x-www-form-urlencoded`. */
  | "form"
  /** There is no body. */
  | "none";

/** What one endpoint wants and answers. Every member is optional. */
export interface EndpointContract {
  /** A path or URL. Default: the usual path. */
  url?: string | undefined;
  /** The method. Default: `"GET"` for `me`, else `"POST"`. */
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | undefined;
  /** How the body is sent. Default `"json"`; a GET has no body. */
  as?: BodyFormat | undefined;
  /** Further fields of the body, such as `client_id`; for a GET, of the query. */
  params?: Record<string, string> | undefined;
  /** Further headers. A function is called each time the request is sent. */
  headers?: RequestHeaders | undefined;
  /** Where the parts of its answer are. Default: as in the option `fields`. */
  fields?: AuthFields | undefined;
  /** Its own CSRF token, e.g. in another cookie. Default: as in the option `csrf`. */
  csrf?: CsrfCookie | CsrfMeta | CsrfValue | false | undefined;
  /** Seconds that the request may take. Default: as in the option `timeout`. */
  timeout?: number | undefined;
  /** Answers that are a final refusal: statuses, and texts in the body, such as an error code. */
  refused?: readonly (number | string)[] | undefined;
}

/** What an endpoint wants that gets tokens. */
export interface TokenEndpoint extends EndpointContract {
  /**
   * Which token is sent, and where. `"access"`: as calls carry it. `"refresh"`: as `Authorization: Bearer`. Two tokens with the same place
   * are sent in two requests (RFC 7009). Default: for `me` the access token, for `refresh` as `refreshToken` says, for `logout` both.
   */
  credential?: "none" | "access" | "refresh" | TokenPlace | readonly TokenPlace[] | undefined;
}

/** What a login endpoint wants. */
export interface LoginEndpoint extends Omit<TokenEndpoint, "as"> {
  /** How the credentials are sent. Default `"json"`. `"multipart"`: `login` gets `FormData`. */
  as?: BodyFormat | "multipart" | undefined;
}

/** A token, and where it is sent. */
export interface TokenPlace {
  /** Which token. */
  token: "access" | "refresh";
  /** Where it is sent. Default `"header"`. */
  in?: "header" | "body";
  /** Name of the header or field. Default `"Authorization"`; in a body `"access_token"` or `"refresh_token"`. */
  name?: string;
  /** What comes before it in a header. Default: `"Bearer"` in `Authorization`, else none. */
  scheme?: string;
}

/** Headers by name; or a function that returns them, called each time a request is sent. If it throws, the request fails as `hook_failed`. */
export type RequestHeaders =
  | Record<string, string>
  | ((kind: RequestKind) => Record<string, string> | undefined | Promise<Record<string, string> | undefined>);

/** What one of hallpass's own requests is for. */
export type RequestKind = "login" | "logout" | "refresh" | "me" | "csrf";

/** An answer to one of hallpass's own requests, for `means`. */
export interface SeenAnswer {
  /** HTTP status; 302 for a redirect that hallpass does not follow. */
  readonly status: number;
  /** Its headers, as far as CORS exposes them. */
  readonly headers: Headers;
  /** Its JSON, or else its text. */
  readonly body: unknown;
}

/** What an answer means. */
export type Meaning =
  /** Success. */
  | "ok"
  /** Nobody is signed in. */
  | "nobody"
  /** A final refusal of the credentials or of the refresh. */
  | "refused"
  /** The login needs another step: `login()` rejects with `login_pending`. */
  | "pending"
  /** A temporary failure: the session remains. */
  | "not-now";

/**
 * Where something is in an answer: names or indices with dots between them (`"data.jwt"`, `"errors.0.code"`). Of several paths, the first
 * that exists counts. `"$"` is the whole answer, even if it is not JSON. `"header:Authorization"` is a header of the answer, without its scheme `Bearer`.
 */
export type AnswerPath = string | readonly string[];

/**
 * Where the parts of a token answer are.
 * By default the usual names are tried (`access_token`, `accessToken`, `access`, `token`, `jwt`, `idToken`), at the top and under `data`.
 */
export interface AuthFields extends SessionFields {
  /** The access token (RFC 6749 §5.1 `access_token`). */
  accessToken?: AnswerPath | undefined;
  /** The refresh token (RFC 6749 §5.1 `refresh_token`). If an answer has none, the old one remains valid. */
  refreshToken?: AnswerPath | undefined;
}

/** Where the parts of an answer without a token are. */
export interface SessionFields {
  /** Lifetime in seconds (RFC 6749 §5.1 `expires_in`). */
  expiresIn?: AnswerPath | undefined;
  /** Lifetime in milliseconds. */
  expiresInMs?: AnswerPath | undefined;
  /** End as seconds or milliseconds since 1970, or as a date. */
  expiresAt?: AnswerPath | undefined;
  /** The profile, also in the answer of `me`. Default: `user` or `profile`; of `me` also `data`, or the whole answer. */
  user?: AnswerPath | undefined;
  /** What identifies a person, in the user and in the claims. Default: `sub`, `id`, `user_id`, `email` and the like. */
  subject?: AnswerPath | undefined;
  /** The code in an answer that is an error. Default: where common frameworks put it. */
  code?: AnswerPath | undefined;
  /** The words in an answer that is an error. Default: where common frameworks put them. */
  message?: AnswerPath | undefined;
}

/** The refresh token travels as an HttpOnly cookie; the page never sees it. */
export interface CookieTransport {
  /** How it travels: the only possibility in `hybrid` and `session` mode. */
  in: "cookie";
}

/** The refresh token as a field of a JSON body: `{"refresh_token": "…"}`. The default in `jwt` mode. */
export interface JsonTransport {
  /** How it travels: `Content-Type: application/json`. */
  in: "json";
  /** Name of the field. Default `"refresh_token"`. */
  name?: string | undefined;
  /** Further fields. */
  params?: Record<string, string> | undefined;
}

/** The refresh token as RFC 6749 §6 has it: `grant_type=refresh_token&refresh_token=…`. */
export interface FormTransport {
  /** How it travels: `Content-Type: application/x-www-form-urlencoded`. */
  in: "form";
  /** Name of the field. Default `"refresh_token"`. */
  name?: string | undefined;
  /** Further fields, e.g. `client_id`. */
  params?: Record<string, string> | undefined;
}

/** The refresh token in a request header. */
export interface HeaderTransport {
  /** How it travels: the body is empty. */
  in: "header";
  /** Name of the header. Default `"X-Refresh-Token"`. */
  name?: string | undefined;
}

/** How the refresh token reaches the refresh endpoint. */
export type RefreshTokenTransport = JsonTransport | FormTransport | CookieTransport | HeaderTransport;

/** Where the CSRF token comes from. It is read when a request is sent, for unsafe methods only (RFC 9110 §9.2.1). */
export type CsrfOptions = CsrfCookie | CsrfEndpoint | CsrfMeta | CsrfResponseHeader | CsrfValue;

/** What every kind of CSRF token has. */
export interface CsrfCommon {
  /** The field of the body that carries the token in hallpass's own requests, in place of the header; e.g. `"csrfToken"` of Auth.js. */
  param?: string | undefined;
  /** Answers that refuse the token, beside 403, 419 and those that mention CSRF: statuses, and texts in the body. */
  refused?: readonly (number | string)[] | undefined;
}

/** The token is in a response header of the backend. From another origin, CORS has to expose it. */
export interface CsrfResponseHeader extends CsrfCommon {
  /** Name of a header of the backend's answers. */
  responseHeader: string;
  /** The header that carries the token. Default `"X-CSRF-Token"`. */
  header?: string | undefined;
  /** One source only. */
  cookie?: never;
  /** One source only. */
  endpoint?: never;
  /** One source only. */
  meta?: never;
  /** One source only. */
  value?: never;
}

/** The token is always the same, for a backend that wants a header but no secret. */
export interface CsrfValue extends CsrfCommon {
  /** The value, e.g. `"1"`. */
  value: string;
  /** The header that carries it. Default `"X-CSRF-Token"`. */
  header?: string | undefined;
  /** One source only. */
  cookie?: never;
  /** One source only. */
  endpoint?: never;
  /** One source only. */
  meta?: never;
  /** One source only. */
  responseHeader?: never;
}

/** The token is in a cookie that script may read. Default in `session` and `hybrid` mode. */
export interface CsrfCookie extends CsrfCommon {
  /** A URL whose answer sets the cookie; requested before a request that needs the cookie and does not find it, and after one whose token is refused. */
  prime?: string | undefined;
  /** One source only. */
  responseHeader?: never;
  /** One source only. */
  value?: never;
  /** Name of a cookie that script may read. Default `"XSRF-TOKEN"`. */
  cookie: string;
  /** The header that carries the token. Default `"X-XSRF-TOKEN"`. */
  header?: string | undefined;
  /** One source only. */
  endpoint?: never;
  /** One source only. */
  meta?: never;
}

/** A GET endpoint answers the token as JSON. For an API on another site, whose cookies script cannot read. */
export interface CsrfEndpoint extends CsrfCommon {
  /** One source only. */
  responseHeader?: never;
  /** One source only. */
  value?: never;
  /** Path or URL on a listed origin. */
  endpoint: string;
  /** Path of the token in the answer. Default: `csrfToken`, `csrf_token`, `csrf` and `token` are tried. */
  field?: AnswerPath | undefined;
  /** The header that carries the token. Default `"X-CSRF-Token"`. */
  header?: string | undefined;
  /** One source only. */
  cookie?: never;
  /** One source only. */
  meta?: never;
}

/** The token is in `<meta name="…" content="…">` in the page. */
export interface CsrfMeta extends CsrfCommon {
  /** One source only. */
  responseHeader?: never;
  /** One source only. */
  value?: never;
  /** Name of a `<meta>` element or a hidden input in the page. */
  meta: string;
  /** The header that carries the token. Default `"X-CSRF-Token"`. */
  header?: string | undefined;
  /** One source only. */
  cookie?: never;
  /** One source only. */
  endpoint?: never;
}

/** The options of `createAuth`; `mode` decides which there are. [options](https://github.com/hallpass-auth/hallpass/blob/main/docs/options.md) describes each. */
export type AuthOptions = SessionOptions | JwtOptions | HybridOptions;

/** The options of every mode. */
export interface CommonOptions {
  /** Name of this client; a page may have several clients. Default `"default"`. The same key gives the same engine. */
  key?: string | undefined;
  /** Absolute http(s) URL that endpoints and relative `authFetch` URLs resolve against. Default: the page's. */
  baseUrl?: string | URL | undefined;
  /** Further origins that get the credential, e.g. `"https://files.example.com"`. Compared exactly. */
  origins?: readonly string[] | undefined;
  /**
   * Where a session is kept. `jwt`: the tokens, default `"memory"`. `session` and `hybrid`: never a token, only the
   * notes that a logout has yet to reach the server and that a refresh has begun, default `"local"`.
   * `"sealed"` is `"local"` encrypted with a key that script can use but not read; [storage](https://github.com/hallpass-auth/hallpass/blob/main/docs/storage.md) says what this stops.
   */
  storage?: "memory" | "session" | "local" | "sealed" | AuthStore | undefined;
  /**
   * Where the CSRF token comes from; `false`: the backend needs none (it checks `Origin` or `Sec-Fetch-Site`).
   * Default: the cookie `XSRF-TOKEN` in `session` and `hybrid` mode, none in `jwt` mode.
   */
  csrf?: CsrfOptions | false | undefined;
  /** Further headers of hallpass's own requests, such as an API key. A function is called each time one is sent. Not for calls by `authFetch`. */
  headers?: RequestHeaders | undefined;
  /** What an answer to a request of hallpass's own means; `undefined`: decide as usual. If it throws, the request fails as `hook_failed`. */
  means?: ((kind: RequestKind, answer: SeenAnswer) => Meaning | undefined | Promise<Meaning | undefined>) | undefined;
  /** Sends hallpass's own requests, in place of the page's `fetch`. It sees everything in them, tokens and passwords too. */
  fetch?: ((request: Request, kind: RequestKind | "call") => Response | Promise<Response>) | undefined;
  /** `fetch` sends what `authFetch` sends as well; `kind` is `"call"` then. Default `false`. */
  fetchCalls?: boolean | undefined;
  /** A token counts as expired this many seconds before its end (never over half of its life). Default 30. */
  leeway?: number | undefined;
  /** Seconds that one request of hallpass itself (not of `authFetch`) may take. Default 15. */
  timeout?: number | undefined;
  /**
   * Name each refresh attempt in an `Idempotency-Key` header, so that a server with a grace window can answer a repeat
   * as it answered before. Default: only if the refresh endpoint has the page's own origin, because elsewhere CORS has to allow the header.
   */
  idempotencyKey?: boolean | undefined;
  /** Renew before the end also while no call is made. Default `true`. */
  timedRefresh?: boolean | undefined;
  /** The app's own rule for "this answer means signed out", in place of status 401. Must not read the body without `clone()`. */
  isSignedOut?: ((response: Response) => boolean | Promise<boolean>) | undefined;
}

/** The options of the modes in which the page holds an access token. */
export interface TokenOptions extends CommonOptions {
  /** Origins on plain `http` that may get a token although they are not local. */
  insecureOrigins?: readonly string[] | undefined;
  /** Where the parts of a token answer are. Default: the usual names are tried, at the top and under `data`. */
  fields?: AuthFields | undefined;
  /**
   * Where `user` comes from, after login, refresh and reload alike: the `me` endpoint, the claims of the access token, or the answer
   * of login and refresh. Default: the first that has one.
   */
  user?: "me" | "token" | "answer" | undefined;
  /** The header of the access token (RFC 6750 §2.1). Default `{ name: "Authorization", scheme: "Bearer" }`. */
  header?: TokenHeader | undefined;
  /**
   * Make a redirect of a request with a credential an error. Default `false`. A call with its own `redirect` other than `"follow"` keeps it.
   * Why: Firefox sends `Authorization` again at a redirect within a foreign origin, and every browser sends the cookies of a host to each of its ports.
   */
  refuseRedirects?: boolean | undefined;
  /**
   * Hand a new access token to the other tabs of the origin over `BroadcastChannel`, so that one refresh serves all. Never the
   * refresh token. Any script of the origin can listen. Default `false`.
   */
  shareAcrossTabs?: boolean | undefined;
  /**
   * Believe an access token only if its signature and its claims are right: from an answer, the store or another tab. The code loads when
   * the option is given. [verification](https://github.com/hallpass-auth/hallpass/blob/main/docs/verification.md) says what it is good for and what it is not.
   */
  verify?: VerifyOptions | undefined;
}

/** `mode: "session"`: an HttpOnly session cookie, and no token that the page could see. */
export interface SessionOptions extends CommonOptions {
  /** How the backend keeps people signed in: by a session that lives on the server. */
  mode: "session";
  /** Where the backend listens. */
  endpoints?: SessionEndpoints | undefined;
  /** Where the parts of an answer are. Default: the usual names are tried, at the top and under `data`. */
  fields?: SessionFields | undefined;
  /**
   * Where `user` comes from after a login: the `me` endpoint, or the answer of the login. Default: the answer, if it has one.
   */
  user?: "me" | "answer" | undefined;
  /** Only by cookie. */
  refreshToken?: CookieTransport | undefined;
  /** The identity provider at which people sign in: by pages of the backend (a BFF). Loaded when it is given. [sso](https://github.com/hallpass-auth/hallpass/blob/main/docs/sso.md) is how it is used. */
  sso?: BackendSsoOptions | undefined;
}

/** `mode: "jwt"`: an access token (JWT or opaque), usually with a refresh token; both held by the page. */
export interface JwtOptions extends TokenOptions {
  /** How the backend keeps people signed in: by tokens that the page holds. */
  mode: "jwt";
  /** Where the backend listens. */
  endpoints?: AuthEndpoints | undefined;
  /** How the refresh token travels. Default `{ in: "json" }`. */
  refreshToken?: RefreshTokenTransport | undefined;
  /**
   * The identity provider at which people sign in, by OpenID Connect; or several, by names of the app's own. Loaded when it is given.
   * [sso](https://github.com/hallpass-auth/hallpass/blob/main/docs/sso.md) is how it is used.
   */
  sso?: SsoOptions | SsoProviders | undefined;
}

/**
 * Several providers, by names of letters, digits, `_` and `-`. One whose document does not say that it sends `iss` (RFC 9207) needs a
 * `redirectUri` with a path of its own. `user` has `provider`, the name, and `subject`, which tells people of two providers apart.
 */
export interface SsoProviders {
  readonly [name: string]: SsoOptions;
}

/** A provider of OpenID Connect. */
export interface SsoOptions {
  /** The provider's issuer identifier (RFC 8414 §2), an https URL, to the letter. */
  issuer: string;
  /** The name under which the app is registered there (RFC 6749 §2.2). A page keeps no secret: a public client. */
  clientId: string;
  /** The page that the provider comes back to, as it is registered there: a path or URL of this origin. It calls `handleCallback()`. */
  redirectUri: string;
  /** What is asked for (RFC 6749 §3.3), words with blanks between. Default `"openid"`. */
  scope?: string | undefined;
  /** Further parameters of each sign-in, such as `audience`. */
  params?: Readonly<Record<string, string>> | undefined;
  /** Ask the provider's UserInfo endpoint too, where it has the name and the like. Default `false`. */
  userinfo?: boolean | undefined;
  /**
   * Push what is asked to the provider first (RFC 9126): `"auto"` where it offers that, `"require"` or not at all. Default: where the provider
   * requires it.
   */
  par?: "auto" | "require" | undefined;
  /**
   * APIs that have a token of their own, by their origins: `authFetch` sends each its own, and no other (RFC 8707).
   *
   * @example
   * apis: { "https://api.example.com": { resource: "urn:orders", scope: "orders" } }
   */
  apis?: Readonly<Record<string, SsoApi>> | undefined;
  /**
   * Bind tokens to a key of this browser (RFC 9449). `"auto"`: where the provider says that it can, and a token without a key is taken too. Default
   * `false`. [dpop](https://github.com/hallpass-auth/hallpass/blob/main/docs/dpop.md) is what it needs.
   */
  dpop?: boolean | "auto" | undefined;
  /** The provider's endpoints by hand, for one without a document that the page may read. Each an https URL. */
  endpoints?: SsoEndpoints | undefined;
}

/** How an API is called at the provider: by `resource` or `audience`, and by what may be done there. */
export interface SsoApi {
  /** Its resource indicator (RFC 8707 §2), an absolute URI. */
  resource?: string | undefined;
  /** Its name at a provider that calls it so in place of `resource`: Auth0, for one. */
  audience?: string | undefined;
  /** What its token is for, words with blanks between (RFC 6749 §3.3). Each sign-in asks for it too. */
  scope?: string | undefined;
}

/** Endpoints of a provider (RFC 8414 §2). */
export interface SsoEndpoints {
  /** `authorization_endpoint`. */
  authorization: string;
  /** `token_endpoint`. */
  token: string;
  /** `jwks_uri`: needed for ID tokens, so with the scope `openid`. */
  jwks?: string | undefined;
  /** `userinfo_endpoint`. */
  userinfo?: string | undefined;
  /** `end_session_endpoint`. */
  endSession?: string | undefined;
  /** `revocation_endpoint` (RFC 7009). */
  revocation?: string | undefined;
  /** `pushed_authorization_request_endpoint` (RFC 9126). */
  par?: string | undefined;
}

/** What a sign-in asks of the provider. */
export interface SignInWishes {
  /** Which provider, where there are several. */
  provider?: string | undefined;
  /** Where the app goes on, a path of this origin. Default: where it is. What leads elsewhere is `"/"`. */
  returnTo?: string | undefined;
  /** What the provider shows (OpenID Connect Core §3.1.2.1): `"login"`, `"consent"`, `"select_account"`, `"create"`, `"none"`. */
  prompt?: string | undefined;
  /** Who is likely to sign in: a user name or an address. */
  loginHint?: string | undefined;
  /** How the person should be known, the preferred first. */
  acrValues?: string | readonly string[] | undefined;
  /** Seconds that the person's last sign-in at the provider may be ago; the scope needs `openid`. What is older is `callback_refused`. */
  maxAge?: number | undefined;
  /** Languages for the provider's pages (RFC 5646), the preferred first. */
  uiLocales?: string | readonly string[] | undefined;
  /** Further parameters of the provider's own. */
  params?: Readonly<Record<string, string>> | undefined;
  /** Comes back with the answer: what JSON can hold. It stays in this browser. */
  appState?: unknown | undefined;
}

/** What a sign-in in a window asks. */
export interface PopupWishes extends SignInWishes {
  /** Gives it up: the window is closed, and what is done there signs nobody in. */
  signal?: AbortSignal | undefined;
  /** Seconds that it may take, with all that has to be loaded for it. Default 600. */
  timeout?: number | undefined;
}

/** What a step-up asks beside what is demanded. */
export interface StepUpWishes extends Omit<PopupWishes, "acrValues" | "maxAge"> {
  /** Leave the page for it; `handleCallback()` has what comes of it. Default `false`: in a window. */
  redirect?: boolean | undefined;
}

/** What came of a sign-in. */
export interface SignedIn<User = AuthUser> {
  /** Who is signed in. */
  readonly user: User | null;
  /** Where the app goes on: a path of this origin. */
  readonly returnTo: string;
  /** As `loginWithRedirect` got it. */
  readonly appState: unknown;
}

/** `mode: "hybrid"`: an access token held in memory, a refresh token in an HttpOnly cookie. */
export interface HybridOptions extends TokenOptions {
  /** How the backend keeps people signed in: by an access token that the page holds, and a cookie. */
  mode: "hybrid";
  /** Where the backend listens. */
  endpoints?: HybridEndpoints | undefined;
  /** Only by cookie. */
  refreshToken?: CookieTransport | undefined;
  /** The identity provider at which people sign in: by pages of the backend (a BFF). Loaded when it is given. [sso](https://github.com/hallpass-auth/hallpass/blob/main/docs/sso.md) is how it is used. */
  sso?: BackendSsoOptions | undefined;
}

/** A backend that signs people in at a provider, in its own pages: the page goes there and comes back. */
export interface BackendSsoOptions {
  /** The backend's page that begins a sign-in: a path, resolved against `baseUrl`, or a URL. */
  loginUrl: string;
  /**
   * The backend's page that ends the session, at the provider as well: likewise; or where the answer of `me` tells it, by a path as in `fields`. It has to
   * be of the page's origin, the backend's or a listed one then.
   */
  logoutUrl?: string | LogoutField | undefined;
  /**
   * The query parameter that takes the address to come back to. Default `"returnTo"`, as Auth0's libraries for servers have it; `"returnUrl"` is that of
   * Duende and ASP.NET, `"rd"` that of oauth2-proxy, `"target_link_uri"` that of mod_auth_openidc. `false`: the backend takes none.
   */
  returnParam?: string | false | undefined;
  /** The same of `logoutUrl`, where it has another name there. Default: as `returnParam`. */
  logoutReturnParam?: string | false | undefined;
  /** How the address is written: a path, or a full URL. Default: a path, of a backend on another origin a full URL. */
  returnAs?: "path" | "url" | undefined;
}

/** Where in the answer of `me` the address of a logout stands. */
export interface LogoutField {
  /** A path, or several of which the first counts that leads to something. Of a list of claims, `[{ type, value }]`, the type: `"bff:logout_url"`. */
  field: string | readonly string[];
}

/** What a sign-in by the backend's pages asks. */
export interface BackendSignInWishes {
  /** Where the app goes on, a path of this origin. Default: where it is. What leads elsewhere is `"/"`. */
  returnTo?: string | undefined;
  /** Further parameters for the backend's page, in the query. */
  params?: Readonly<Record<string, string>> | undefined;
}

/** What `logout` of such a client takes. */
export interface BackendLogoutOptions {
  /** Go to `logoutUrl`, which ends the session at the provider as well. Default: `true` where there is no `endpoints.logout`, which is the only way then. */
  provider?: boolean | undefined;
  /** Where the backend comes back to, a path of this origin. Default `"/"`. */
  returnTo?: string | undefined;
}

/** The header that carries the access token. hallpass leaves a call alone that sets this header itself. */
export interface TokenHeader {
  /** Its name. Default `"Authorization"`. With another name redirects are an error, because browsers would send the header on. */
  name?: string | undefined;
  /** What stands before the token. Default `"Bearer"`; an empty scheme sends the bare token. */
  scheme?: string | undefined;
}

/** A signature algorithm (RFC 7518 §3.1, RFC 8037; `Ed25519` is `EdDSA` by its name of RFC 9864). */
export type SignatureAlgorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA"
  | "Ed25519"
  /** HMAC: only with a key set that stands in `jwks` itself. Whoever has the page has the key. */
  | "HS256"
  | "HS384"
  | "HS512";

/** A JWK Set (RFC 7517 §5). */
export interface JwkSet {
  /** The keys, each a JWK (RFC 7517 §4). */
  readonly keys: readonly object[];
}

/** What an access token has to be (RFC 8725). */
export interface VerifyOptions {
  /** The issuer's keys (RFC 7517 §5): an https URL, or the set itself. The page's CSP has to allow the URL in `connect-src`. */
  jwks: string | URL | JwkSet;
  /** `iss` (RFC 7519 §4.1.1) has to be this, or one of these. */
  issuer?: string | readonly string[] | undefined;
  /** `aud` (§4.1.3) has to be or to hold this, or one of these. */
  audience?: string | readonly string[] | undefined;
  /** The signature algorithms that are allowed. Default: all that have a key pair, no HMAC; never `none`. */
  algorithms?: readonly SignatureAlgorithm[] | undefined;
  /** `typ` of the header, e.g. `"at+jwt"` (RFC 9068 §4). Default: any. */
  typ?: string | undefined;
  /** Seconds since `iat` that a token which the server sends may be old. Default: any. */
  maxAge?: number | undefined;
  /** Seconds by which `exp`, `nbf` and `iat` may miss the clock. Default 30. */
  clockTolerance?: number | undefined;
}

/** Every `code` an `AuthError` can have. The list is closed; see [errors](https://github.com/hallpass-auth/hallpass/blob/main/docs/errors.md). */
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
  | "token_untrusted"
  | "csrf_failed"
  | "signed_out"
  | "refresh_unavailable"
  | "superseded"
  | "disposed"
  | "login_pending"
  | "hook_failed"
  | "callback_stale"
  | "callback_refused"
  | "provider_unreachable"
  | "popup_blocked"
  | "popup_closed";

/** The members of an `AuthError` beside `code` and `message`. */
export type AuthErrorMembers = Pick<
  AuthError,
  "status" | "retryable" | "retryAfter" | "serverCode" | "serverMessage" | "option" | "reason" | "cause" | "body"
>;

/** Why a call failed. It holds no token and no password, except what the server itself puts into `body`. `isAuthError` narrows to it; then `code` narrows further. */
export declare class AuthError extends Error {
  /** For tests of an app. Members that are not given are `null`; `retryable` is `false`. */
  constructor(code: AuthErrorCode, message: string, members?: Partial<AuthErrorMembers>);
  /** For logs. In code, use `isAuthError`. */
  readonly name: "AuthError";
  /** What went wrong, from a closed list. Compare this, not `message`. */
  readonly code: AuthErrorCode;
  /** HTTP status of the answer, or `null`. */
  readonly status: number | null;
  /** Whether the same call may succeed later although nobody changes anything. */
  readonly retryable: boolean;
  /** Seconds to wait (RFC 9110 §10.2.3 `Retry-After`), or `null`. */
  readonly retryAfter: number | null;
  /** The server's own error code (RFC 6749 §5.2 `error`), or `null`. */
  readonly serverCode: string | null;
  /** The server's own error message (`error_description`, `message`, `detail`), or `null`. */
  readonly serverMessage: string | null;
  /** Of `config_invalid`: the option. Else `null`. */
  readonly option: string | null;
  /** The error behind this one, if any. */
  readonly cause?: unknown;
  /**
   * The JSON of the answer, up to 16 KiB, or `null`. Secrets of the request are replaced by `"[redacted]"`. With `login_pending`
   * it may hold what the next step needs, which is for this user only.
   */
  readonly body: unknown;
  /** Why the user is signed out. Of `signed_out`, else `null`. */
  readonly reason: SignOutReason | null;
}

/** An `AuthError` whose `code` says which of its members are set. */
export type KnownAuthError = AuthError &
  (
    | {
        /** An option is wrong. */
        readonly code: "config_invalid";
        /** Which one, as [options](https://github.com/hallpass-auth/hallpass/blob/main/docs/options.md) names it; `"credentials"` for what `login` got. */
        readonly option: string;
        /** None. */
        readonly reason: null;
      }
    | {
        /** An answer of a provider that was not taken up. */
        readonly code: "callback_stale" | "callback_refused" | "provider_unreachable";
        /** None. */
        readonly option: null;
        /** None. */
        readonly reason: null;
        /** Of `handleCallback`: where the app was to go on. */
        readonly returnTo?: string;
        /** Of `handleCallback`: as `loginWithRedirect` got it, if the answer was to that. */
        readonly appState?: unknown;
      }
    | {
        /** Nobody is signed in. */
        readonly code: "signed_out";
        /** None. */
        readonly option: null;
      }
    | {
        /** Any other. */
        readonly code: Exclude<
          AuthErrorCode,
          "config_invalid" | "signed_out" | "callback_stale" | "callback_refused" | "provider_unreachable"
        >;
        /** None. */
        readonly option: null;
        /** None. */
        readonly reason: null;
      }
  );

/**
 * Whether `e` is an `AuthError`, also if it comes from another copy of this package.
 *
 * @example
 * try {
 *   await auth.login({ email, password });
 * } catch (e) {
 *   if (isAuthError(e) && e.code === "invalid_credentials") ask();
 *   else throw e;
 * }
 */
export declare function isAuthError(e: unknown): e is KnownAuthError;

/** What `fetch` takes as its second argument. A member that is `undefined` is one that is not given, also under `exactOptionalPropertyTypes`. */
export type CallInit = { [Name in keyof RequestInit]?: RequestInit[Name] | undefined };

/** A client. Each of its functions is bound: you may destructure it. Frozen. */
export interface AuthClient<User = AuthUser> {
  /** Whether somebody is signed in. */
  readonly status: AuthStatus;
  /** Who is signed in; the same object until something in it changes. `null` if nobody is, or if the backend does not say who. */
  readonly user: User | null;
  /** Why nobody is signed in; `null` while somebody is, or nobody was. */
  readonly reason: SignOutReason | null;
  /** End of the access token (or of the session, if the server tells it) in ms since 1970 by this device's clock. */
  readonly expiresAt: number | null;
  /** Claims of the current access token, or `null` (opaque token, session mode). */
  readonly claims: AuthClaims | null;
  /**
   * Sends `credentials` to the login endpoint: `URLSearchParams` and `FormData` as they are, everything else as JSON, or as the endpoint's
   * `as` says. Resolves with the user. A failed login changes nothing.
   *
   * @throws {AuthError} `login_pending` (the login needs another step; see `body`), `invalid_credentials`, `request_rejected`,
   * `rate_limited`, `server_error`, `network_error`, `timeout`, `response_invalid`, `token_malformed`, `token_untrusted`, `csrf_failed`,
   * `hook_failed`, `superseded`, `config_invalid` (there is no login endpoint, or `credentials` cannot be sent as it wants them), `disposed`.
   * Your own `signal` rejects with its own reason.
   */
  readonly login: (credentials: unknown, options?: LoginOptions) => Promise<User | null>;
  /**
   * Accepts tokens that did not come by `login`: from a sign-up, a code exchange, a native shell. `answer` is what a login
   * endpoint would answer. Resolves with the user. Not in `session` mode: there, call `refresh()`.
   *
   * @throws {AuthError} `response_invalid`, `token_malformed`, `token_untrusted`, `superseded`, `config_invalid`, `disposed`.
   */
  readonly adopt: (answer: object) => Promise<User | null>;
  /**
   * Signs out here at once, then tells the server, for at most `timeout`. It never rejects because the server is down. If the server
   * refuses, it rejects: the user is signed out here, but the session remains valid at the server.
   *
   * @throws {AuthError} `request_rejected`, `csrf_failed`, `response_invalid`, `hook_failed`, `disposed`.
   */
  readonly logout: () => Promise<void>;
  /**
   * Takes what `fetch` takes, gives what `fetch` gives. At listed origins it adds the credential, renews it when it is due or
   * after a 401, and sends the call once more. When nobody is signed in, the call has no credential.
   *
   * @throws What `fetch` throws (`TypeError`, `AbortError`, the signal's reason); an {@link AuthError} only where auth is the
   * reason: `signed_out`, `refresh_unavailable`, `superseded`, `disposed`, and the error of a CSRF endpoint that had to be asked first.
   * @example
   * const response = await auth.authFetch("/orders", { method: "POST", body: JSON.stringify(order) });
   */
  readonly authFetch: (input: RequestInfo | URL, init?: CallInit) => Promise<Response>;
  /**
   * Renews the token now; in `session` mode, asks `me` again. Resolves with the user. In `session` and `hybrid` mode it
   * asks the server whatever `status` is, because somebody may have signed in by a page of the backend. In `jwt` mode it rejects if nobody
   * is signed in.
   *
   * @throws {AuthError} `signed_out`, `refresh_unavailable`, `superseded`, `disposed`.
   */
  readonly refresh: () => Promise<User | null>;
  /**
   * The current access token, renewed first if it is due; for WebSockets and the like. `null` if nobody is signed in, and in `session` mode.
   *
   * @throws {AuthError} `signed_out`, `refresh_unavailable`, `superseded`, `disposed`.
   */
  readonly accessToken: () => Promise<string | null>;
  /** Calls `listener` after each change. Returns a function that ends this. Fits `useSyncExternalStore`. */
  readonly subscribe: (listener: (change: AuthChange<User>) => void) => () => void;
  /** The current state; the same object until something changes. */
  readonly getSnapshot: () => AuthSnapshot<User>;
  /** What happened lately, oldest first. You may attach it to a bug report. */
  readonly journal: () => JournalEntry[];
  /** Stops timers and listeners. The session itself remains. Later calls reject with `disposed`. */
  readonly dispose: () => void;
  /** As `dispose`, for `using`. */
  readonly [Symbol.dispose]: () => void;
}

/** A client with the option `sso` in mode `jwt`. */
export interface SsoClient<User = AuthUser> extends AuthClient<User> {
  /**
   * Goes to the provider. Settles if that fails, when the visitor comes back to this very page by Back, or after 30 seconds in which the page was not left.
   *
   * @throws {AuthError} `provider_unreachable`, `response_invalid` (its document), `config_invalid`, naming the wish; `unsupported` (no
   * `localStorage`, in which the answer finds what was asked).
   * @example
   * button.onclick = () => auth.loginWithRedirect();
   */
  readonly loginWithRedirect: (wishes?: SignInWishes) => Promise<void>;
  /**
   * Takes up the answer that the page was opened with, and takes it out of the address. `null` if there is none of ours: then the
   * address stays as it is. Who asks again is told the same, until a logout or another sign-in.
   *
   * @throws {AuthError} `callback_stale`, `callback_refused`, `provider_unreachable`, `response_invalid`, `token_untrusted`, `superseded` (a logout came first),
   * `network_error` (a file did not come: call again); the first three have `returnTo` and `appState` where they are known.
   * @example
   * const answer = await auth.handleCallback();
   * if (answer) router.replace(answer.returnTo);
   */
  readonly handleCallback: () => Promise<SignedIn<User> | null>;
  /**
   * Signs in in a window of its own, which opens in the click's own task: call it in the handler of the click. The page of `redirectUri` is the
   * same, and has to call `handleCallback()`; the window closes itself. Rejects with the reason of `signal`.
   *
   * @throws {AuthError} `popup_blocked`, `popup_closed` (before it went anywhere), `timeout`; `unsupported` in a frame of another site; those of
   * `loginWithRedirect` and `handleCallback`.
   * @example
   * button.onclick = async () => show((await auth.loginWithPopup()).user);
   */
  readonly loginWithPopup: (wishes?: PopupWishes) => Promise<SignedIn<User>>;
  /**
   * Asks the provider who is signed in there, without showing anything: once a page, however often it is called. `null`: nobody, or it would have
   * to ask something; or its cookies do not count here, as it is of another site than the page.
   *
   * @throws {AuthError} `timeout`, and those of `loginWithRedirect` and `handleCallback`.
   */
  readonly loginSilently: (wishes?: Pick<SignInWishes, "provider">) => Promise<SignedIn<User> | null>;
  /**
   * Signs the same person in again as an API wants it (RFC 9470): `change` is the event `"step-up-required"`, and what it asks for is demanded. In
   * a window, or with `redirect: true` by redirect. What is not met is `callback_refused`, and leaves who is signed in. Once it has resolved, the call can go again.
   *
   * @throws {AuthError} Those of `loginWithPopup`.
   * @example
   * auth.subscribe((change) => {
   *   if (change.event === "step-up-required") button.onclick = () => auth.stepUp(change);
   * });
   */
  readonly stepUp: (change: Pick<StepUpChange, "acrValues" | "maxAge">, wishes?: StepUpWishes) => Promise<SignedIn<User>>;
  /**
   * As for each client; with `provider: true` the page goes to the provider then, where its session ends too, and comes back to `returnTo`,
   * which has to be registered there (OpenID Connect RP-Initiated Logout 1.0). Signed out here all the same if it rejects.
   *
   * @throws {AuthError} As of each client; with `provider: true` only `response_invalid` (the provider has no such endpoint),
   * `provider_unreachable`, `unsupported`, `config_invalid` (which of several is not known).
   */
  readonly logout: (options?: LogoutOptions) => Promise<void>;
  /**
   * As of each client; with `api` the token of that API: one of the origins in `sso.apis`.
   *
   * @throws {AuthError} As of each client; with `api` also `config_invalid` (it is not known), `request_rejected` (the provider gives none, in
   * its words), `timeout`, `response_invalid`.
   */
  readonly accessToken: (options?: { api?: string | undefined }) => Promise<string | null>;
}

/** A client with the option `sso` in mode `session` or `hybrid`. */
export interface BackendSsoClient<User = AuthUser> extends AuthClient<User> {
  /**
   * Goes to the backend's page, `sso.loginUrl`. Where a logout is under way it waits for that. Settles when the visitor comes back to this very page by
   * Back, or after 30 seconds in which the page was not left.
   *
   * @throws {AuthError} `config_invalid`, naming the wish; `disposed`.
   * @example
   * button.onclick = () => auth.loginWithRedirect({ returnTo: "/orders" });
   */
  readonly loginWithRedirect: (wishes?: BackendSignInWishes) => Promise<void>;
  /**
   * As for each client; with `provider: true`, or where the backend has no `endpoints.logout`, the page goes to the backend's, `sso.logoutUrl`, once
   * the visitor is signed out here. It comes back to `returnTo`.
   *
   * @throws {AuthError} As of each client; where it goes there only `config_invalid` (there is no `sso.logoutUrl`), `disposed`; `response_invalid`,
   * where the answer of `me` tells no address that may be gone to: signed out here, and at the backend only by `endpoints.logout`, if there is one.
   */
  readonly logout: (options?: BackendLogoutOptions) => Promise<void>;
}

/** What `logout` of a client with the option `sso` takes. */
export interface LogoutOptions {
  /** End the session at the provider as well: that of the session, or the one of several that is named. Default `false`. */
  provider?: boolean | string | undefined;
  /** Where the provider comes back to, a path of this origin. Default `"/"`. */
  returnTo?: string | undefined;
  /** Further parameters, for a provider that wants others than the standard's: Amazon Cognito's `logout_uri`. Not its `state`. */
  params?: Readonly<Record<string, string>> | undefined;
}

/** The second argument of `login`. */
export interface LoginOptions {
  /** Another endpoint than `endpoints.login`: sign-up, a second factor, a magic link. Its `headers` must be an object. */
  endpoint?: string | LoginEndpoint | undefined;
  /** Ends the wait; the call rejects with its reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Makes a client and restores the stored session. It also resolves if the backend is down, and after two seconds if another tab is busy with
 * the session. Then `status` is `"restoring"` and changes by itself later.
 *
 * In mode `jwt`, a page with a stored session, or with none, does not wait for the engine, which loads beside it. Calls that need the engine
 * wait for it, for `timeout` seconds at most, and reject with `network_error`, `retryable`, if it does not load.
 *
 * @throws {AuthError} `config_invalid`, naming the option; `unsupported`, naming what the browser or its CSP lacks;
 * `network_error`, `retryable`, if a file of the package that an option needs does not load.
 * @example
 * const auth = await createAuth({ mode: "jwt", storage: "local" });
 * await auth.login({ email, password });
 * const orders = await (await auth.authFetch("/orders")).json();
 */
export declare function createAuth<User = RegisteredUser>(options: JwtOptions & { sso: SsoOptions | SsoProviders }): Promise<SsoClient<User>>;
export declare function createAuth<User = RegisteredUser>(options: (SessionOptions | HybridOptions) & { sso: BackendSsoOptions }): Promise<BackendSsoClient<User>>;
export declare function createAuth<User = RegisteredUser>(options: AuthOptions): Promise<AuthClient<User>>;
