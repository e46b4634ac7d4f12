// What an app writes.
import {
  AuthError,
  type AuthChange,
  type AuthClaims,
  type AuthClient,
  type AuthErrorCode,
  type AuthEvent,
  type AuthMode,
  type AuthOptions,
  type AuthSnapshot,
  type AuthStatus,
  type AuthStore,
  type AuthUser,
  type CommonOptions,
  type CsrfOptions,
  type HybridOptions,
  type JournalEntry,
  type JwtOptions,
  type RefreshTokenTransport,
  type SessionOptions,
  type SignOutReason,
  createAuth,
  isAuthError,
} from "hallpass";

interface Person {
  name: string;
  email: string;
}

export async function signIn(email: string, password: string): Promise<string> {
  const auth = await createAuth<Person>({ mode: "jwt" });
  const person: Person | null = await auth.login({ email, password }, { signal: AbortSignal.timeout(5000) });
  return person?.name ?? auth.user?.email ?? "nobody";
}

export async function goThere(): Promise<void> {
  const auth = await createAuth<Person>({ mode: "session", sso: { loginUrl: "/bff/login", logoutUrl: { field: ["bff:logout_url", "urls.logout"] }, returnParam: false } });
  await auth.loginWithRedirect({ returnTo: "/orders", params: { idp: "google" } });
  await auth.logout({ provider: true, returnTo: "/bye" });
  const hybrid = await createAuth({ mode: "hybrid", sso: { loginUrl: "/login", logoutUrl: "/logout", returnAs: "url" } });
  const plain: AuthClient = hybrid;
  await plain.logout();
}

export async function call(auth: AuthClient): Promise<unknown> {
  // Bound: each may be taken off the client.
  const { login, logout, authFetch, refresh, accessToken, subscribe, getSnapshot, journal, dispose } = auth;
  const asFetch: typeof fetch = authFetch;
  const response: Response = await asFetch("/orders", { method: "POST", body: new FormData() });
  await authFetch(new Request("https://api.example.com/orders"));
  await authFetch(new URL("https://api.example.com/orders"));
  const user: AuthUser | null = await login("any JSON body");
  const again: AuthUser | null = await refresh();
  const token: string | null = await accessToken();
  const entries: JournalEntry[] = journal();
  const stop: () => void = subscribe((change: AuthChange) => console.log(change.event, change.status));
  const snapshot: AuthSnapshot = getSnapshot();
  stop();
  await logout();
  dispose();
  return [response.ok, user, again, token, entries[0]?.event, snapshot.reason];
}

export function claims(auth: AuthClient): [number | undefined, unknown, readonly string[]] {
  const held: AuthClaims | null = auth.claims;
  const audience = held?.aud ?? [];
  return [held?.exp, held?.["roles"], typeof audience === "string" ? [audience] : audience];
}

/** React's signature, without React. */
declare function useSyncExternalStore<Snapshot>(
  subscribe: (onStoreChange: () => void) => () => void,
  getSnapshot: () => Snapshot,
): Snapshot;

export function useAuth(auth: AuthClient<Person>): Person | null {
  return useSyncExternalStore(auth.subscribe, auth.getSnapshot).user;
}

/** Exhaustive by the compiler's word: a code that is added fails here until it has a text. */
export const texts: Record<AuthErrorCode, string> = {
  config_invalid: "",
  unsupported: "",
  invalid_credentials: "",
  request_rejected: "",
  rate_limited: "",
  server_error: "",
  network_error: "",
  timeout: "",
  response_invalid: "",
  token_untrusted: "the token is invalid",
  token_malformed: "",
  csrf_failed: "",
  signed_out: "",
  refresh_unavailable: "",
  superseded: "",
  disposed: "",
  login_pending: "",
  hook_failed: "",
  callback_stale: "",
  callback_refused: "",
  provider_unreachable: "",
  popup_blocked: "",
  popup_closed: "",
};

export const statuses: Record<AuthStatus, true> = { restoring: true, "signed-in": true, "signed-out": true };

export const reasons: Record<SignOutReason, true> = {
  logout: true,
  logout_elsewhere: true,
  session_ended: true,
  refresh_refused: true,
  refresh_outcome_unknown: true,
  token_expired: true,
  stored_session_invalid: true,
  store_cleared: true,
  key_lost: true,
};

export function explain(thrown: unknown): string {
  if (!isAuthError(thrown)) return String(thrown);
  const error: Error = thrown;
  const wait: number | null = thrown.retryable ? thrown.retryAfter : null;
  const parts: (string | number | null)[] = [
    thrown.status,
    thrown.serverCode,
    thrown.serverMessage,
    thrown.option,
    thrown.reason,
    wait,
  ];
  return `${error.name} ${texts[thrown.code]} ${parts.join()} ${thrown instanceof AuthError} ${String(thrown.cause)}`;
}

/** A stand-in for an app's own tests. */
export const standIns: AuthError[] = [
  new AuthError("signed_out", "nobody is signed in", { reason: "session_ended" }),
  new AuthError("rate_limited", "too many attempts", { status: 429, retryable: true, retryAfter: 30 }),
  new AuthError("disposed", "gone"),
];

const store: AuthStore = {
  get: async (key) => (key ? "value" : undefined),
  set: (_key: string, _value: string) => undefined,
  remove: async () => {},
};

const transports: RefreshTokenTransport[] = [
  { in: "json", name: "refreshToken" },
  { in: "form", params: { client_id: "web" } },
  { in: "cookie" },
  { in: "header", name: "X-Refresh" },
];

const csrf: CsrfOptions[] = [
  { cookie: "XSRF-TOKEN" },
  { endpoint: "/csrf", field: "token", header: "X-CSRF" },
  { meta: "csrf-token" },
];

export const everything: AuthOptions[] = [
  { mode: "session" },
  { mode: "session", csrf: false, endpoints: { refresh: "/renew", logout: false } },
  ...csrf.map((source): AuthOptions => ({ mode: "hybrid", csrf: source })),
  ...transports.map((refreshToken): AuthOptions => ({ mode: "jwt", refreshToken })),
  {
    mode: "jwt",
    key: "admin",
    baseUrl: new URL("https://api.example.com"),
    endpoints: { login: "/login", logout: "/logout", refresh: "/refresh", me: "/me" },
    origins: ["https://files.example.com"] as const,
    insecureOrigins: ["http://nas.local"],
    storage: store,
    fields: { accessToken: "data.jwt", refreshToken: "data.rt", expiresIn: "ttl", expiresAt: "end", user: "who" },
    header: { name: "X-Token", scheme: "" },
    leeway: 10,
    timeout: 5,
    timedRefresh: false,
    shareAcrossTabs: true,
    isSignedOut: async (response) => response.status === 440,
  },
];

export const verified: AuthOptions = {
  mode: "hybrid",
  storage: "sealed",
  verify: {
    jwks: new URL("https://id.example.com/jwks"),
    issuer: ["https://id.example.com"],
    audience: "api",
    algorithms: ["ES256", "EdDSA"],
    typ: "at+jwt",
    maxAge: 300,
    clockTolerance: 5,
  },
};
export const byHand: AuthOptions = { mode: "jwt", verify: { jwks: { keys: [{ kty: "oct", k: "AAAA" }] }, algorithms: ["HS256"] } };

/** What an app has in common for its modes; and a mode that is known only when it runs. */
const common: CommonOptions = { key: "admin", origins: ["https://files.example.com"], csrf: { meta: "csrf-token" }, leeway: 10 };
export const each: [SessionOptions, JwtOptions, HybridOptions] = [
  { ...common, mode: "session", endpoints: { me: "/whoami", refresh: false }, fields: { user: "who" }, refreshToken: { in: "cookie" } },
  { ...common, mode: "jwt", endpoints: { me: false, refresh: false }, refreshToken: { in: "cookie" }, insecureOrigins: [] },
  { ...common, mode: "hybrid", endpoints: { me: false, refresh: "/renew" }, header: { scheme: "" }, shareAcrossTabs: true },
];
export const ofMode = (mode: AuthMode): Promise<AuthClient<Person>> => createAuth<Person>({ ...common, mode });
export const modes: AuthMode[] = each.map((options: AuthOptions) => options.mode);

/** `mode` tells which options there are. */
export function isVerified(options: AuthOptions): boolean {
  return options.mode !== "session" && options.verify !== undefined;
}

/** `user` is typed by what was asked for, wherever it comes from. */
export async function names(options: AuthOptions): Promise<(string | undefined)[]> {
  const auth: AuthClient<Person> = await createAuth<Person>(options);
  auth.subscribe(({ user }) => console.log(user?.email));
  const [loggedIn, renewed] = [await auth.login({}, {}), await auth.refresh()];
  return [auth.user, auth.getSnapshot().user, loggedIn, renewed].map((person: Person | null) => person?.name);
}

export const weights = ({ event, heaviest }: AuthChange<Person>): string[] =>
  event === "token-large" ? heaviest.map(({ name, bytes }) => `${name}: ${bytes + 1}`) : [];

/** `event` tells what else there is; each is handled, or this does not compile. */
export function told(change: AuthChange<Person>): string {
  switch (change.event) {
    case "signed-out": {
      const [reason, nobody]: [SignOutReason, null] = [change.reason, change.user];
      return `${reason} ${nobody}`;
    }
    case "signed-in":
    case "subject-changed": {
      const state: ["signed-in", null] = [change.status, change.reason];
      return `${state} ${change.user?.name}`;
    }
    case "restored":
      return change.status === "signed-in" ? "welcome back" : "hello";
    case "step-up-required": {
      const wanted: [readonly string[], number | null] = [change.acrValues, change.maxAge];
      return wanted.join(" ");
    }
    case "token-large":
      return weights(change).join();
    case "refreshed":
    case "user-changed":
    case "storage-changed":
      return `${change.storage} ${change.expiresAt}`;
    default: {
      const none: never = change;
      return none;
    }
  }
}

export const events: Record<AuthEvent, true> = {
  restored: true,
  "signed-in": true,
  "signed-out": true,
  refreshed: true,
  "user-changed": true,
  "subject-changed": true,
  "storage-changed": true,
  "step-up-required": true,
  "token-large": true,
};

/** The code tells which members are set. */
export function details(thrown: unknown): string | null {
  if (!isAuthError(thrown)) throw thrown;
  if (thrown.code === "config_invalid") {
    const option: string = thrown.option;
    return option;
  }
  if (thrown.code === "signed_out") return thrown.reason;
  const none: null = thrown.reason;
  return none;
}

/** What an app has from elsewhere may be missing: that is as if it were not given, also with `exactOptionalPropertyTypes`. */
declare const maybe: {
  url: string | undefined;
  seconds: number | undefined;
  is: boolean | undefined;
  list: string[] | undefined;
  signal: AbortSignal | undefined;
};
const { url, seconds, is, list, signal } = maybe;
export const missing: AuthOptions[] = [
  { mode: "session", baseUrl: url, endpoints: { login: url, me: { url, timeout: seconds, params: undefined } }, fields: { user: list }, user: undefined },
  { mode: "jwt", key: url, origins: list, storage: undefined, header: { name: url, scheme: url }, refreshToken: { in: "form", name: url }, leeway: seconds },
  { mode: "hybrid", csrf: { cookie: "a", header: url }, shareAcrossTabs: is, isSignedOut: undefined, fetch: undefined, sso: { loginUrl: "/in", logoutUrl: url } },
  { mode: "jwt", endpoints: { logout: { url, credential: undefined } }, verify: { jwks: "/keys", issuer: url, maxAge: seconds } },
  { mode: "jwt", sso: { issuer: "https://id.example.com", clientId: "shop", redirectUri: "/", scope: url, dpop: is, apis: { a: { resource: url } } } },
];
export async function callWithMissing(auth: AuthClient): Promise<unknown> {
  await auth.login({}, { endpoint: url, signal });
  const sso = await createAuth({ mode: "jwt", sso: { issuer: "https://id.example.com", clientId: "shop", redirectUri: "/" } });
  await sso.loginWithRedirect({ returnTo: url, maxAge: seconds, acrValues: list });
  await sso.logout({ provider: is, returnTo: url });
  await sso.accessToken({ api: url });
  return auth.authFetch("/orders", { signal, body: url, headers: undefined });
}
