// What tabs tell each other.

import { MESSAGE } from "./kinds.js";
import { SETTLES, pause } from "./time.js";

/** Begins each message; the version follows. */
const THIS = "hallpass/1";

export function channelOf(shell) {
  let channel;
  /** Messages that are not ours and have not been told of yet. */
  let noise = 0;
  const tellNoise = () => {
    if (channel) shell.deliver(MESSAGE, noise, []);
    noise = 0;
  };

  return {
    openChannel() {
      if (channel || typeof BroadcastChannel !== "function") return;
      try {
        channel = new BroadcastChannel(shell.name);
      } catch {
        return; // an opaque origin: there are no other tabs
      }
      channel.onmessage = ({ data }) => {
        if (Array.isArray(data) && data[0] === THIS) shell.deliver(MESSAGE, 1, data);
        // For the journal. It may be a flood: told once in a while, with its size.
        else if (!noise++) pause(SETTLES).then(tellNoise);
      };
      // In Node an open channel would keep the process alive.
      channel.unref?.();
    },

    closeChannel() {
      channel?.close();
      channel = undefined;
    },

    tell(message) {
      channel?.postMessage([THIS, ...message]);
    },
  };
}
