import Keycloak from "keycloak-js";
import { kept, passwordGrant, read } from "./lib/session.js";

export const about = {
  name: "keycloak-js",
  is: "`init` with the tokens that the app kept, which renews them at once; `updateToken(5)` before each call, then the app's `fetch`",
  entry: 'export { default } from "keycloak-js";',
  lacks: {
    wrapper: "it gives the token, the call is the app's",
    retry: "a 401 is the caller's",
    tabs: "it keeps nothing, and has no lock between tabs",
  },
};

const session = kept("bench.keycloak");

export const signIn = async () => session.set(await passwordGrant());

export async function start() {
  const keycloak = new Keycloak({ url: location.origin, realm: "bench", clientId: "bench" });
  const { access_token: token, refresh_token: refreshToken, id_token: idToken } = session.get();
  keycloak.onAuthRefreshSuccess = () =>
    session.set({ access_token: keycloak.token, refresh_token: keycloak.refreshToken, id_token: keycloak.idToken });
  await keycloak.init({ token, refreshToken, idToken, checkLoginIframe: false });
  return {
    isSignedIn: () => keycloak.authenticated,
    async call(url) {
      await keycloak.updateToken(5);
      return read(await fetch(url, { headers: { Authorization: `Bearer ${keycloak.token}` } }));
    },
  };
}
