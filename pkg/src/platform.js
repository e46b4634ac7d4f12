import { AuthError } from "./error.js";

/** What hallpass wants of where it runs. */
const NEEDED = ["WebAssembly", "fetch", "Request", "Headers", "URL", "AbortController", "TextDecoder", "TextEncoder", "performance"];

/** Without it each request would fail as if there were no network. */
export function requirePlatform() {
  const missing = NEEDED.find((name) => !globalThis[name]);
  if (missing) throw new AuthError("unsupported", `this environment has no ${missing}`);
}
