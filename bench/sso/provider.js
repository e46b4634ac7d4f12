// npm `oidc-provider`, which all clients sign in at, and what it is asked.
import { startProvider } from "../../tests/sso/lib/provider.js";

/** auth0-spa-js asks no document: these are the paths that it knows. */
export const PATHS = { authorization: "/authorize", token: "/oauth/token", userinfo: "/userinfo", jwks: "/jwks" };

export const CLIENT = "shop";

const KINDS = { "/.well-known/openid-configuration": "discovery", ...Object.fromEntries(Object.entries(PATHS).map(([kind, path]) => [path, kind])) };

/** `take()`: the kinds of what it was asked since the last time. */
export async function startAskedProvider({ origin, ids, tls }) {
  const idp = await startProvider(origin, {
    tls,
    routes: PATHS,
    clients: [{ client_id: CLIENT, redirect_uris: ids.map((id) => `${origin}/${id}/`), post_logout_redirect_uris: [] }],
  });
  const asked = [];
  idp.provider.use((context, next) => {
    asked.push(context.method === "OPTIONS" ? "preflight" : (KINDS[context.path] ?? context.path));
    return next();
  });
  return { ...idp, take: () => asked.splice(0) };
}

/** Answers the provider's questions, until the page is back in the app and signed in. */
export async function signInThere(page) {
  await page.until(() => document.querySelector("[name=login]"));
  await page.run(() => {
    document.querySelector("[name=login]").value = "ada";
    document.querySelector("[name=password]").value = "any";
    document.querySelector("[type=submit]").click();
  });
  await page.until(() => document.querySelector("[name=prompt][value=consent]"));
  await page.run(() => document.querySelector("[type=submit]").click());
  await page.until(() => globalThis.outcome?.user);
}
