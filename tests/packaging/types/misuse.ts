// What the compiler has to refuse. An expectation that is not met is an error itself.
import {
  type AuthChange,
  type AuthClient,
  AuthError,
  type AuthErrorCode,
  type AuthOptions,
  type CommonOptions,
  createAuth,
  type KnownAuthError,
} from "hallpass";
// @ts-expect-error -- `load` belongs to hallpass/slim
import { load } from "hallpass";
// @ts-expect-error -- the glue is not part of the package's surface
import { initSync } from "hallpass/dist/glue.js";

// @ts-expect-error -- the mode is required
await createAuth({});
// @ts-expect-error -- a mode that does not exist
await createAuth({ mode: "oauth" });
// @ts-expect-error -- a misspelled option
await createAuth({ mode: "jwt", baseURL: "https://api.example.com" });
// @ts-expect-error -- in session mode the backend signs in: its page is missing
await createAuth({ mode: "session", sso: { issuer: "https://id.example.com", clientId: "shop", redirectUri: "/" } });
// @ts-expect-error -- in mode jwt the page itself does
await createAuth({ mode: "jwt", sso: { loginUrl: "/bff/login", logoutUrl: "/bff/logout" } });
// @ts-expect-error -- the answer comes to the backend
(await createAuth({ mode: "session", sso: { loginUrl: "/bff/login" } })).handleCallback();
// @ts-expect-error -- a misspelled endpoint
await createAuth({ mode: "jwt", endpoints: { signin: "/login" } });
// @ts-expect-error -- `true` is no endpoint
await createAuth({ mode: "jwt", endpoints: { login: true } });
// @ts-expect-error -- a store that does not exist
await createAuth({ mode: "jwt", storage: "cookie" });
// @ts-expect-error -- a store without `remove`
await createAuth({ mode: "jwt", storage: { get: () => null, set: () => undefined } });
// @ts-expect-error -- a way of sending that does not exist
await createAuth({ mode: "jwt", refreshToken: { in: "query" } });
// @ts-expect-error -- durations are numbers
await createAuth({ mode: "jwt", leeway: "30s" });
// @ts-expect-error -- a CSRF source is an object or false
await createAuth({ mode: "session", csrf: true });

// What a mode does not have.
// @ts-expect-error -- a session has no token to verify
await createAuth({ mode: "session", verify: { jwks: "/jwks" } });
// @ts-expect-error -- nor to put into a header
await createAuth({ mode: "session", header: { name: "X-Token" } });
// @ts-expect-error -- nor to hand to other tabs
await createAuth({ mode: "session", shareAcrossTabs: true });
// @ts-expect-error -- nor to keep off plain http
await createAuth({ mode: "session", insecureOrigins: ["http://nas.local"] });
// @ts-expect-error -- nor to find in an answer
await createAuth({ mode: "session", fields: { accessToken: "token" } });
// @ts-expect-error -- `me` tells who is signed in
await createAuth({ mode: "session", endpoints: { me: false } });
// @ts-expect-error -- the session travels by cookie
await createAuth({ mode: "session", refreshToken: { in: "json" } });
// @ts-expect-error -- and so does the refresh token
await createAuth({ mode: "hybrid", refreshToken: { in: "header" } });
// @ts-expect-error -- every access token comes from there
await createAuth({ mode: "hybrid", endpoints: { refresh: false } });
// @ts-expect-error -- a cookie that the page never sees has no name here
await createAuth({ mode: "jwt", refreshToken: { in: "cookie", name: "rt" } });
// @ts-expect-error -- one source of the CSRF token
await createAuth({ mode: "session", csrf: { cookie: "XSRF-TOKEN", meta: "csrf-token", field: "token" } });

declare const options: AuthOptions;
// @ts-expect-error -- not in every mode
options.verify;
declare const common: CommonOptions;
// @ts-expect-error -- the mode is required
await createAuth(common);
// @ts-expect-error -- a mode is not any string
await createAuth({ mode: String(common) });

declare const change: AuthChange;
// @ts-expect-error -- a change is frozen
change.event = "signed-in";
// @ts-expect-error -- only with "step-up-required"
change.acrValues.length;
// @ts-expect-error -- only with "token-large"
if (change.event === "refreshed") change.heaviest.length;
// @ts-expect-error -- nobody is signed in any more
if (change.event === "signed-out") change.user.name;
declare const known: KnownAuthError;
// @ts-expect-error -- only with "config_invalid"
if (known.code !== "config_invalid") known.option.length;
// @ts-expect-error -- not a code
if (known.code === "expired") known.message;

declare const auth: AuthClient;
declare const error: AuthError;
// @ts-expect-error -- the status is not the app's to set
auth.status = "signed-in";
// @ts-expect-error -- the user is frozen
auth.user = null;
// @ts-expect-error -- and so is what is in it
auth.user!["name"] = "eve";
// @ts-expect-error -- the user may be null
auth.user.name;
// @ts-expect-error -- `createAuth` is what makes a client from options
createAuth({ mode: "jwt" }).login({});
// @ts-expect-error -- a token without a signature is never believed
createAuth({ mode: "jwt", verify: { jwks: "/jwks", algorithms: ["none"] } });
// @ts-expect-error -- who verifies needs keys
createAuth({ mode: "jwt", verify: { issuer: "https://id.example.com" } });
// @ts-expect-error -- a snapshot is not the app's to change
auth.getSnapshot().status = "signed-out";
// @ts-expect-error -- events are known by name
auth.subscribe((change) => change.event === "login");
// @ts-expect-error -- `authFetch` wants something to fetch
await auth.authFetch();
declare const ofPerson: AuthClient<{ name: string }>;
// @ts-expect-error -- the user has the members that the app says
ofPerson.user?.email;
// @ts-expect-error -- and a client of another user is another client
const ofOther: AuthClient<{ id: number }> = ofPerson;

// @ts-expect-error -- the list of codes is closed
const code: AuthErrorCode = "unknown";
// @ts-expect-error -- the code is not the app's to set
error.code = "timeout";

// @ts-expect-error -- an error has a code
new AuthError();
// @ts-expect-error -- out of the list
new AuthError("not a code", "a message");
// @ts-expect-error -- and no member that hallpass does not have
new AuthError("disposed", "a message", { statusCode: 404 });

export { load, initSync, code, ofOther };
