import { UserManager, WebStorageStateStore } from "oidc-client-ts";
import { read } from "./lib/session.js";

export const about = {
  name: "oidc-client-ts",
  is: "`userStore` in localStorage; `getUser()`, `signinSilent()` once it is `expired`, then the app's `fetch`",
  entry: 'export { UserManager } from "oidc-client-ts";',
  lacks: {
    wrapper: "it gives the token, the call is the app's",
    retry: "a 401 is the caller's",
    tabs: "it has no lock between tabs",
  },
};

const manager = (timers) =>
  new UserManager({
    authority: location.origin,
    client_id: "bench",
    redirect_uri: `${location.origin}/callback`,
    userStore: new WebStorageStateStore({ store: localStorage }),
    automaticSilentRenew: timers,
  });

export async function signIn({ timers = true } = {}) {
  await manager(timers).signinResourceOwnerCredentials({ username: "ada", password: "correct horse" });
}

export async function start({ timers = true } = {}) {
  const users = manager(timers);
  return {
    isSignedIn: async () => (await users.getUser()) !== null,
    async call(url) {
      let user = await users.getUser();
      if (user.expired) user = await users.signinSilent();
      return read(await fetch(url, { headers: { Authorization: `Bearer ${user.access_token}` } }));
    },
  };
}
