import { createAuth0Client } from "@auth0/auth0-spa-js";

export const about = { name: "auth0-spa-js", package: "@auth0/auth0-spa-js", is: "`issuer` beside `domain`; calls by `createFetcher().fetchWithAuth`" };

export async function open({ issuer, clientId, redirectUri }) {
  const auth0 = await createAuth0Client({ domain: issuer, issuer, clientId, authorizationParams: { redirect_uri: redirectUri, scope: "openid profile" } });
  const query = new URLSearchParams(location.search);
  if ((query.has("code") || query.has("error")) && query.has("state")) {
    await auth0.handleRedirectCallback();
    history.replaceState(null, "", location.pathname);
  }
  return { user: await auth0.getUser(), login: () => auth0.loginWithRedirect(), call: (url) => auth0.createFetcher().fetchWithAuth(url) };
}
