// What an app writes.
import {
  AuthError,
  type AuthChange,
  type AuthClaims,
  type AuthClient,
  type AuthErrorCode,
  type AuthOptions,
  type AuthSnapshot,
  type AuthStatus,
  type AuthStore,
  type AuthUser,
  type CsrfOptions,
  type JournalEntry,
  type RefreshTokenTransport,
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
  token_malformed: "",
  csrf_failed: "",
  signed_out: "",
  refresh_unavailable: "",
  superseded: "",
  disposed: "",
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
