import { createAuth } from "hallpass";

export const about = { name: "hallpass", package: "hallpass", is: "mode `jwt` with `sso`; calls by `authFetch`" };

export async function open({ issuer, clientId, redirectUri, userinfo }) {
  const auth = await createAuth({ mode: "jwt", storage: "session", sso: { issuer, clientId, redirectUri, scope: "openid profile", userinfo } });
  await auth.handleCallback();
  return { user: auth.user, login: () => auth.loginWithRedirect(), call: (url) => auth.authFetch(url) };
}
