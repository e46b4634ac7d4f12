// The app's own store, one operation after the other.

import { LOADED, SAVED } from "./kinds.js";

export function storeOf(shell) {
  let work;
  const run = (operation, kind) => {
    work = Promise.resolve(work)
      .then(() => operation(shell.store))
      .then((value) => shell.deliver(kind, 1, value), () => shell.deliver(kind, 0));
  };

  return {
    load() {
      run(async (store) => {
        const value = await store.get(shell.name);
        if (typeof value !== "string" && value != null) throw new TypeError("not a string");
        return value ?? null;
      }, LOADED);
    },

    save(value) {
      run((store) => store.set(shell.name, value), SAVED);
    },

    remove() {
      run((store) => store.remove(shell.name), SAVED);
    },

    /** What has been begun so far. */
    written: () => work,
  };
}
