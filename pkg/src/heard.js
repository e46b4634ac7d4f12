// What another tab says of a session while the engine of this one loads: why it ended.

/** How tabs name the end of a session, and the reason that it is. */
const REASONS = {
  __proto__: null,
  "logged-out": "logout_elsewhere",
  ended: "session_ended",
  "refresh-refused": "refresh_refused",
  "refresh-outcome-unknown": "refresh_outcome_unknown",
  "token-expired": "token_expired",
};

/** `name`: of the channel. `login`: by which the session is known. */
export function listenFor(name, login) {
  let channel;
  let reason = "store_cleared";
  const stop = () => channel?.close();
  try {
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => {
      const [version, word, of] = Array.isArray(data) ? data : [];
      if (version === "hallpass/1" && of === login) reason = REASONS[word] ?? reason;
    };
    // An open channel would keep the page out of the back/forward cache.
    addEventListener("pagehide", stop, { once: true });
  } catch {
    // There are no other tabs.
  }
  return { reason: () => reason, stop };
}
