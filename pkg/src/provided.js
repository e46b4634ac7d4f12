import { onDemand } from "./lazy.js";
import { checked } from "./options.js";
import { inWords } from "./words.js";

/** The client that `open` makes for these options; with `sso` it can sign in at a provider. */
export async function provided(options, open) {
  if (options.sso === undefined) return open(options);
  const signingIn = await onDemand("signingIn", () => import("./sso.js"));
  return inWords(() => signingIn(options, (forEngine) => open(checked(forEngine))));
}
