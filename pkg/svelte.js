import { getContext, setContext } from "svelte";
import * as stores from "svelte/store";
import { missing, onFailure, outdated, sourceOf } from "./src/binding.js";

const KEY = Symbol("hallpass");

export function authState(auth, { initial } = {}) {
  if (!stores.fromStore) throw outdated("hallpass/svelte", "Svelte 5");
  const { first, read, subscribe } = sourceOf(auth, "authState(auth)", initial);
  if (auth) onFailure(auth, (error) => reportError(error));
  const store = {
    subscribe(run) {
      let last;
      const tell = () => {
        const state = read();
        if (state !== last) run((last = state));
      };
      tell();
      return subscribe(tell);
    },
  };
  const live = stores.fromStore(store);
  const { login, logout, authFetch, refresh, accessToken, ...values } = first;
  const state = { ...store, login, logout, authFetch, refresh, accessToken };
  for (const name of Object.keys(values)) {
    Object.defineProperty(state, name, { get: () => live.current[name], enumerable: true });
  }
  return Object.freeze(state);
}

export const setAuthState = (state) => setContext(KEY, state);

export function getAuthState() {
  const state = getContext(KEY);
  if (state) return state;
  const cure = "call setAuthState(auth) in a component above it";
  throw missing("hallpass/svelte", "getAuthState()", "found nothing in the context", cure);
}
