// The ID token, as far as it is kept: it names the session that a logout at the provider means. Where the session itself is kept.

const PREFIX = "hallpass/id-token:";

/** For a client; it is removed when the session ends, in whatever tab. */
export function hintOf({ key = "default", storage }, client) {
  const name = PREFIX + key;
  let held = "";
  const store = () => (storage === "local" || storage === "session" ? globalThis[`${storage}Storage`] : undefined);
  const tried = (act) => {
    try {
      return act() ?? "";
    } catch {
      return ""; // blocked or full: a logout does without
    }
  };
  client.subscribe(({ event }) => {
    if (event !== "signed-out" && event !== "subject-changed") return;
    held = "";
    tried(() => store()?.removeItem(name));
  });
  return {
    keep(token) {
      held = token;
      tried(() => store()?.setItem(name, token));
    },
    get: () => held || tried(() => store()?.getItem(name)),
  };
}
