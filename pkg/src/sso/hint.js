// The ID token, as far as it is kept: it names the session that a logout at the provider means. It stands where the session itself does.

const PREFIX = "hallpass/id-token:";

/** For a client; it is removed when the session ends, in whatever tab. */
export function hintOf({ key = "default", storage }, client) {
  const name = PREFIX + key;
  let held;
  const store = () => (storage === "local" || storage === "session" ? globalThis[`${storage}Storage`] : undefined);
  const tried = (act) => {
    try {
      return act();
    } catch {
      return undefined; // blocked or full: a logout does without
    }
  };
  client.subscribe(({ event }) => {
    if (event !== "signed-out" && event !== "subject-changed") return;
    held = undefined;
    tried(() => store()?.removeItem(name));
  });
  return {
    keep(provider, token) {
      held = [provider, token];
      tried(() => store()?.setItem(name, JSON.stringify(held)));
    },
    /** The provider's name and the token. */
    get: () => held ?? tried(() => JSON.parse(store()?.getItem(name))) ?? [],
  };
}
