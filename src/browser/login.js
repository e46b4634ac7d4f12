// Logins, whose session has to be in the store before the caller hears of them.

import { ADOPT, LOGIN } from "./kinds.js";
import { pause } from "./time.js";

// Of what can be wrong with an option.
// By `cargo xtask table`: faults.
const NOT_LISTED = 12;
// End of the table.
/** Milliseconds that a login waits for the app's own store to have written it. */
const LONGEST_WRITE = 1_000;

export function loginOf(shell) {
  const signIn = async (kind, payload, signal) => {
    const user = await shell.call(kind, payload, signal);
    // Whoever goes on to another page now would lose the session. A store that does not answer holds nobody up.
    if (shell.written()) await Promise.race([shell.written(), pause(LONGEST_WRITE)]);
    return user;
  };

  return {
    /** `form` goes in place of the JSON, to `endpoint` in place of the usual one, which `translator` knows how. */
    async login(json, form, endpoint, signal, translator) {
      let to;
      if (endpoint !== undefined) {
        shell.translator = translator;
        to = translator.loginTo(endpoint, shell.base());
        if (!shell.lists(new URL(to.url))) throw ["endpoint", NOT_LISTED];
      }
      // One that is given up before it begins takes nobody's place.
      if (!signal?.aborted) shell.signingIn = { form, contract: to?.contract };
      return signIn(LOGIN, to ? [json, to.url] : json, signal);
    },

    // An engine that is gone hears of none whose token is still being verified.
    adopt: (answer) => signIn(ADOPT, answer, shell.stopped),
  };
}
