import { onDemand } from "./lazy.js";
import { checked } from "./options.js";
import { inWords } from "./words.js";

/** The client that `open` makes for these options; with `sso` it can sign in at a provider. */
export async function provided(options, open) {
  if (options.sso === undefined) return open(options);
  const isHere = options.mode === "jwt";
  const clientOf = await (isHere ? onDemand("signingIn", () => import("./sso.js")) : onDemand("atBackend", () => import("./sso/bff.js")));
  return inWords(() => clientOf(options, (forEngine) => open(checked(forEngine))));
}
