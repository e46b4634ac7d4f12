import { ProtocolMode, PublicClientApplication } from "@azure/msal-browser";

export const about = {
  name: "msal-browser",
  package: "@azure/msal-browser",
  is: "`PublicClientApplication` with `protocolMode: \"OIDC\"`; `acquireTokenSilent`, then the app's `fetch`",
};

export async function open({ issuer, clientId, redirectUri }) {
  const msal = new PublicClientApplication({
    auth: { clientId, authority: issuer, knownAuthorities: [new URL(issuer).host], redirectUri, OIDCOptions: { defaultScopes: ["openid", "profile"] } },
    system: { protocolMode: ProtocolMode.OIDC },
  });
  await msal.initialize();
  const answer = await msal.handleRedirectPromise();
  const account = answer?.account ?? msal.getAllAccounts()[0];
  const scopes = ["openid", "profile"];
  return {
    user: account?.idTokenClaims,
    login: () => msal.loginRedirect({ scopes }),
    call: async (url) => {
      const { accessToken } = await msal.acquireTokenSilent({ scopes, account });
      return fetch(url, { headers: { Authorization: `Bearer ${accessToken}` } });
    },
  };
}
