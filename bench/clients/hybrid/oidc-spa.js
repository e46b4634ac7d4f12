import { createOidc, oidcEarlyInit } from "oidc-spa/core";
import { read } from "../lib/session.js";

export const about = {
  name: "oidc-spa",
  is: "the session is the provider's cookie: a hidden frame asks for a code, which becomes a token; `getAccessToken()`, then the app's `fetch`",
};

/** Its login is a redirect: this is what that leaves behind. */
export const signIn = async () => read(await fetch("/hybrid/login", { method: "POST" }));

export async function start() {
  const { shouldLoadApp } = oidcEarlyInit({ BASE_URL: location.pathname, sessionRestorationMethod: "iframe" });
  // This is the hidden frame, which has done its part.
  if (!shouldLoadApp) return new Promise(() => {});
  const oidc = await createOidc({ issuerUri: location.origin, clientId: "bench" });
  return {
    isSignedIn: () => oidc.isUserLoggedIn,
    call: async (url) => read(await fetch(url, { headers: { Authorization: `Bearer ${await oidc.getAccessToken()}` } })),
  };
}
