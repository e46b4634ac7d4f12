// What a sign-in and a logout at the provider need: loaded with the first of them.

import { inPopup, unseen } from "./aside.js";
import { begun, go } from "./begin.js";
import { takeUp } from "./callback.js";
import { leave } from "./leave.js";

export const flowOf = (own, provider, client, hint) => ({
  /** Goes to the provider. */
  async redirect(wishes = {}, demanded) {
    const server = await provider.server();
    const { query } = await begun(own, server, wishes, "", demanded);
    await go(Object.fromEntries(server).authorization_endpoint, query);
  },
  inPopup: (popup, wishes, demanded) => inPopup(own, provider, client, hint, popup, wishes, demanded),
  unseen: () => unseen(own, provider, client, hint),
  takeUp: (cleaned) => takeUp(own, client, hint, cleaned),
  leave: (ended, wishes) => leave(own, provider, ended, wishes),
});
