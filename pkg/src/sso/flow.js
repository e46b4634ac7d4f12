// What a sign-in and a logout at a provider need: loaded with the first of them.

import { addressOf } from "./address.js";
import { inPopup, unseen } from "./aside.js";
import { begun } from "./begin.js";
import { takeUp } from "./callback.js";
import { go } from "./go.js";
import { leave } from "./leave.js";

/** `context` has the client, its providers, what is kept of the ID token, and how many logouts there were: of that, what is asked for says how many it knows of. */
export const flowOf = (context) => ({
  /** Goes to the provider. */
  async redirect({ own, provider }, wishes, demanded) {
    const server = await provider.server();
    const { query } = await begun(own, server, wishes, "", demanded);
    await go(await addressOf(own, server, query));
  },
  inPopup: (...asked) => inPopup(context, ...asked),
  unseen: (...asked) => unseen(context, ...asked),
  takeUp: (...asked) => takeUp(context, ...asked),
  leave,
});
