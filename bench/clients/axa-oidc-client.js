import { OidcClient, TokenAutomaticRenewMode } from "@axa-fr/oidc-client";
import { passwordGrant, read } from "./lib/session.js";

export const about = {
  name: "axa oidc-client",
  is: "without its service worker, `storage: localStorage`; calls by `fetchWithTokens`, which renews",
  entry: 'export { OidcClient } from "@axa-fr/oidc-client";',
  lacks: { retry: "a 401 is the caller's" },
};

/** A page keeps one client for each name, with the tokens it had: a sign-in after that one needs another name. */
let name = "default";
let clients = 0;

/** Its login is a redirect: this is what that leaves in its storage. */
export async function signIn() {
  const answer = await passwordGrant();
  const claims = (token) => JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
  const accessTokenPayload = claims(answer.access_token);
  const tokens = {
    accessToken: answer.access_token,
    accessTokenPayload,
    idToken: answer.id_token,
    idTokenPayload: claims(answer.id_token),
    refreshToken: answer.refresh_token,
    expiresIn: answer.expires_in,
    issuedAt: accessTokenPayload.iat,
    expiresAt: accessTokenPayload.exp,
    scope: answer.scope,
    tokenType: answer.token_type,
  };
  if (clients) name = `default-${clients}`;
  localStorage.setItem(`oidc.${name}`, JSON.stringify({ tokens }));
  localStorage.setItem(`oidc.login.${name}`, JSON.stringify({ callbackPath: "/", extras: null }));
  localStorage.setItem(`oidc.nonce.${name}`, "bench");
}

export async function start({ timers = true } = {}) {
  const { AutomaticBeforeTokenExpiration, AutomaticOnlyWhenFetchExecuted } = TokenAutomaticRenewMode;
  const configuration = {
    client_id: "bench",
    redirect_uri: `${location.origin}/callback`,
    scope: "openid profile",
    authority: location.origin,
    storage: localStorage,
    token_automatic_renew_mode: timers ? AutomaticBeforeTokenExpiration : AutomaticOnlyWhenFetchExecuted,
  };
  const client = OidcClient.getOrCreate(() => fetch)(configuration, name);
  clients += 1;
  if (!(await client.tryKeepExistingSessionAsync())) throw new Error("the stored session was not taken");
  const call = client.fetchWithTokens((...args) => fetch(...args));
  return { isSignedIn: () => client.tokens !== null, call: async (url) => read(await call(url)) };
}
