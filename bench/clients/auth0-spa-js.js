import { Auth0Client } from "@auth0/auth0-spa-js";
import { read } from "./lib/session.js";

export const about = {
  name: "auth0-spa-js",
  is: "`cacheLocation: \"localstorage\"`, `useRefreshTokens`, calls by `createFetcher().fetchWithAuth`",
  entry: 'export { Auth0Client } from "@auth0/auth0-spa-js";',
  lacks: { retry: "a 401 is the caller's" },
};

const client = () =>
  new Auth0Client({
    domain: location.origin,
    clientId: "bench",
    cacheLocation: "localstorage",
    useRefreshTokens: true,
    authorizationParams: { redirect_uri: location.origin },
  });

/** Its login is a redirect; the token exchange leaves the same session in its cache. */
export async function signIn() {
  await client().loginWithCustomTokenExchange({ subject_token: "ada", subject_token_type: "urn:bench:user" });
}

export async function start() {
  const auth0 = client();
  const fetcher = auth0.createFetcher();
  return { isSignedIn: () => auth0.isAuthenticated(), call: async (url) => read(await fetcher.fetchWithAuth(url)) };
}
