import { createOidc, oidcEarlyInit } from "oidc-spa/core";

export const about = {
  name: "oidc-spa",
  package: "oidc-spa",
  is: "`createOidc` of `oidc-spa/core`, then the app's `fetch`; `sessionRestorationMethod: \"full page redirect\"`, as its frame would sign in before the click",
};

export async function open({ issuer, clientId, redirectUri }) {
  const { shouldLoadApp } = oidcEarlyInit({ BASE_URL: new URL(redirectUri).pathname, sessionRestorationMethod: "full page redirect" });
  if (!shouldLoadApp) return new Promise(() => {});
  const oidc = await createOidc({ issuerUri: issuer, clientId, scopes: ["profile"] });
  if (!oidc.isUserLoggedIn) {
    if (oidc.initializationError) throw oidc.initializationError;
    return { user: undefined, login: () => oidc.login({ doesCurrentHrefRequiresAuth: false }) };
  }
  return {
    user: oidc.getDecodedIdToken(),
    call: async (url) => fetch(url, { headers: { Authorization: `Bearer ${(await oidc.getTokens()).accessToken}` } }),
  };
}
