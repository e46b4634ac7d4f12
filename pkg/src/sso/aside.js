// A sign-in beside the page, which stays where it is: in a window of its own, or in a frame that nobody sees.

import { AuthError } from "../error.js";
import { addressOf } from "./address.js";
import { begun } from "./begin.js";
import { settled } from "./callback.js";
import { unlessAborted } from "../wait.js";
import { decide } from "./decide.js";
import { heard } from "./relay.js";
import { drop } from "./slots.js";
import { within } from "./within.js";

/** Seconds that a frame may take. */
const LONGEST_UNSEEN = 10;

/** In `popup`, which was opened in the click's own task. `signal` gives it up, also when its time is over. */
export async function inPopup(context, { own, provider }, popup, { signal, logouts, ...wishes }, demanded) {
  let state;
  try {
    const server = await unlessAborted(signal, provider.server());
    const ours = await begun(own, server, wishes, "popup", demanded);
    ({ state } = ours);
    const address = await unlessAborted(signal, addressOf(own, server, ours.query));
    signal.throwIfAborted();
    // From where it goes now, `closed` means nothing any more: a provider's own policy (COOP) makes it true.
    if (popup.closed) throw new AuthError("popup_closed", "the window was closed before it went to the provider");
    const answer = heard(state, signal);
    popup.location.replace(address);
    return await unlessAborted(signal, settled(context, await answer, { logouts, signal }));
  } catch (error) {
    // What was given up must not sign in later.
    if (state) drop(state);
    throw error;
  } finally {
    popup.close();
  }
}

/** In a frame, if the provider's cookies count there. `null`: nobody is signed in at the provider, or it would have to ask something. */
export async function unseen(context, { own, provider }, logouts) {
  const site = await decide("is_same_site", [[["url", own.issuer]], [["url", location.origin]]]);
  if (!site.length) return null;
  const server = await provider.server();
  const { state, query } = await begun(own, server, { prompt: "none" }, "silent");
  const frame = document.createElement("iframe");
  try {
    const src = await addressOf(own, server, query);
    const answered = await within(LONGEST_UNSEEN, undefined, async (signal) => {
      const answer = heard(state, signal);
      Object.assign(frame, { hidden: true, src });
      document.body.append(frame);
      return settled(context, await answer, { logouts });
    });
    return answered?.user ? answered : null;
  } catch (error) {
    drop(state);
    throw error;
  } finally {
    frame.remove();
  }
}
