// What the compiler has to refuse. An expectation that is not met is an error itself.
import { type AuthClient, AuthError, type AuthErrorCode, createAuth } from "hallpass";
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
// @ts-expect-error -- a snapshot is not the app's to change
auth.getSnapshot().status = "signed-out";
// @ts-expect-error -- events are known by name
auth.subscribe((change) => change.event === "login");
// @ts-expect-error -- `authFetch` wants something to fetch
await auth.authFetch();

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

export { load, initSync, code };
