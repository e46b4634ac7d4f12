// A client that signs in at an identity provider. Loaded with the option `sso`; what a sign-in itself needs is loaded with the first one.

import { onDemand } from "./lazy.js";
import { optionsOf } from "./sso/options.js";
import { forEngine } from "./sso/engine.js";
import { hintOf } from "./sso/hint.js";
import { providerOf } from "./sso/provider.js";

/** Begins a state of ours, and with it an answer that may be one. */
const MAY_BE_OURS = /[?&]state=hallpass\./;

/** A client by `open`, with the ways to sign in. Throws a list for an option that is wrong. */
export async function signingIn(options, open) {
  const own = optionsOf(options);
  const provider = providerOf(own);
  const client = await open(forEngine(options, own, provider));
  const hint = hintOf(options, client);
  const flow = async () => (await onDemand("flowOf", () => import("./sso/flow.js")))(own, provider, client, hint);

  /** The answer that this page was opened with: who asks again is told the same. */
  let taken;
  const handleCallback = () => {
    if (taken && location.href === taken.left) return taken.outcome;
    if (!MAY_BE_OURS.test(globalThis.location?.search)) return Promise.resolve(null);
    if (taken?.of !== location.href) {
      taken = { of: location.href };
      const current = taken;
      current.outcome = flow().then(({ takeUp }) => takeUp((left) => (current.left = left)));
      // Who has not asked for it is not told of it.
      current.outcome.catch(() => {});
    }
    return taken.outcome;
  };

  return extended(client, {
    loginWithRedirect: async (wishes) => (await flow()).redirect(wishes),
    handleCallback,
    logout: async ({ provider: isThere, returnTo = "/" } = {}) => {
      const id_token_hint = isThere && hint.get();
      const ended = client.logout();
      if (!isThere) return ended;
      // Whatever becomes of the revocation: the provider ends the session itself.
      const { leave } = await flow();
      await leave(ended.catch(() => {}), { return_to: returnTo, id_token_hint });
    },
  });
}

/** The client with more methods. Its getters go on being getters. */
const extended = (client, methods) =>
  Object.freeze(Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(client), ...Object.getOwnPropertyDescriptors(methods) }));
