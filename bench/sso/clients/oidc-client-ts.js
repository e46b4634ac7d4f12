import { UserManager } from "oidc-client-ts";

export const about = { name: "oidc-client-ts", package: "oidc-client-ts", is: "`UserManager`, then the app's `fetch`" };

export async function open({ issuer, clientId, redirectUri, userinfo }) {
  const users = new UserManager({ authority: issuer, client_id: clientId, redirect_uri: redirectUri, scope: "openid profile", loadUserInfo: userinfo });
  const query = new URLSearchParams(location.search);
  if ((query.has("code") || query.has("error")) && query.has("state")) {
    await users.signinCallback();
    history.replaceState(null, "", location.pathname);
  }
  const user = await users.getUser();
  return {
    user: user?.profile,
    login: () => users.signinRedirect(),
    call: (url) => fetch(url, { headers: { Authorization: `Bearer ${user.access_token}` } }),
  };
}
