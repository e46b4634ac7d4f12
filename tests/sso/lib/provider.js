// A real provider: npm `oidc-provider`, on an origin of its own.
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { Provider } from "oidc-provider";

/** For an app at `origin`. `settings` are added to its configuration; with `tls`, a `key` and a `cert`, it is https. */
export async function startProvider(origin, { tls, ...settings } = {}) {
  const answer = (request, response) => provider.callback()(request, response);
  const server = tls ? createSecureServer(tls, answer) : createServer(answer);
  await new Promise((resolve) => server.listen(0, resolve));
  const issuer = `http${tls ? "s" : ""}://localhost:${server.address().port}`;
  const warn = console.warn;
  console.warn = () => {}; // it says that it is set up for development
  const { clients = [{}], features, ...others } = settings;
  const provider = new Provider(issuer, {
    clients: clients.map((client) => ({
      client_id: "shop",
      application_type: "web",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: [`${origin}/callback`],
      post_logout_redirect_uris: [`${origin}/`, `${origin}/bye`],
      ...client,
    })),
    features: { revocation: { enabled: true }, ...features },
    clientBasedCORS: () => true,
    conformIdTokenClaims: false,
    claims: { openid: ["sub", "auth_time", "acr"], profile: ["name"] },
    issueRefreshToken: async () => true,
    ttl: { AccessToken: 900, RefreshToken: 86_400, Session: 86_400, Grant: 86_400, IdToken: 3600, Interaction: 3600 },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Name of ${id}` }) }),
    cookies: { keys: ["only for tests"] },
    ...others,
  });
  console.warn = warn;
  return {
    issuer,
    provider,
    /** Who is let in by this header. */
    who: async (authorization = "") => (await provider.AccessToken.find(authorization.replace(/^(Bearer|DPoP) /, "")))?.accountId,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

/** Types what the provider asks for, until the browser is where `done` says. */
export async function signInThere(tab, name, done) {
  await tab.fill("[name=login]", name);
  await tab.fill("[name=password]", "any");
  await tab.click("[type=submit]");
  // Who has agreed before is not asked again.
  const consent = tab.waitForSelector("[name=prompt][value=consent]", { state: "attached" });
  const isDone = tab.waitForURL(done);
  await Promise.race([consent, isDone]);
  if (!done(new URL(tab.url()))) await tab.click("[type=submit]");
  consent.catch(() => {});
  await isDone;
}
