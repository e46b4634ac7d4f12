// What a sign-in and a logout at a provider need: loaded with the first of them.

import { addressOf } from "./address.js";
import { inPopup, unseen } from "./aside.js";
import { begun } from "./begin.js";
import { takeUp } from "./callback.js";
import { go } from "./go.js";
import { leave } from "./leave.js";

/** `context` has the client, its providers, and what is kept of the ID token. */
export const flowOf = (context) => ({
  /** Goes to the provider. */
  async redirect({ own, provider }, wishes, demanded) {
    const server = await provider.server();
    const { query } = await begun(own, server, wishes, "", demanded);
    await go(await addressOf(own, server, query));
  },
  inPopup: (of, popup, wishes, demanded) => inPopup(context, of, popup, wishes, demanded),
  unseen: (of) => unseen(context, of),
  takeUp: (cleaned, living) => takeUp(context, cleaned, living),
  leave,
});
