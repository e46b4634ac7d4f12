// The ID token, as far as it is kept: it names the session that a logout at the provider means. It stands where the session itself does.

const PREFIX = "hallpass/id-token:";

/** For a client; it is removed when its session ends, in whatever tab. */
export function hintOf({ key = "default", storage }, client) {
  const name = PREFIX + key;
  const isStored = storage === "local" || storage === "session";
  let held;
  const tried = (act) => {
    try {
      return act(globalThis[`${storage}Storage`]);
    } catch {
      return undefined; // blocked or full: a logout does without
    }
  };
  const text = () => (isStored ? tried((store) => store.getItem(name)) : undefined) ?? held;
  /** As it stood at the last change: a change that is heard late ends no later one. */
  let known = text();
  const look = () => (known = text());
  const drop = () => {
    held = undefined;
    if (isStored) tried((store) => store.removeItem(name));
  };
  client.subscribe(({ event }) => {
    if ((event === "signed-out" || event === "subject-changed") && text() === known) drop();
    look();
  });
  return {
    /** Before the session begins: the end of the one before leaves it alone. */
    keep(provider, token) {
      held = JSON.stringify([provider, token]);
      if (isStored) tried((store) => store.setItem(name, held));
    },
    look,
    drop,
    /** The provider's name and the token. */
    get: () => tried(() => JSON.parse(text())) ?? [],
  };
}
