// npm `better-auth` with `@better-auth/oauth-provider`, for a public client of an app at `origin`. It answers in JSON where others show pages: the page to sign in is ours.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { oauthProvider } from "@better-auth/oauth-provider";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";

const PERSON = { email: "ada@example.com", password: "correct horse", name: "Ada" };

const page = `<!doctype html><link rel="icon" href="data:,"><title>Sign in</title><form><input name="email"><input name="password" type="password"><button type="submit">Sign in</button></form>
<script type="module">
document.querySelector("form").onsubmit = async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(event.target));
  const body = JSON.stringify({ email, password, oauth_query: location.search.slice(1) });
  const response = await fetch("/api/auth/sign-in/email", { method: "POST", body, headers: { "content-type": "application/json" } });
  const { url } = await response.json();
  location.assign(url);
};
</script>`;

/** Its pages are none of an app's: any origin may read what its endpoints for clients say. */
const CORS = {
  "access-control-allow-headers": "content-type, authorization, dpop",
  "access-control-allow-methods": "GET, POST",
  "access-control-expose-headers": "date, dpop-nonce, www-authenticate",
};

/** `grace`: seconds in which a refresh token that was used brings the same answer once more; after that its use is theft. `dpop`: tokens are bound to a key. */
export async function startBetterAuth(origin, { grace = 30, dpop = false } = {}) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const { origin: by } = request.headers;
    if (by) for (const [name, value] of Object.entries({ ...CORS, "access-control-allow-origin": by })) response.setHeader(name, value);
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    if (pathname === "/login") return response.writeHead(200, { "content-type": "text/html" }).end(page);
    asked.push(pathname.replace("/api/auth", ""));
    return toNodeHandler(auth)(request, response);
  });
  await new Promise((resolve) => server.listen(0, resolve));
  const base = `http://localhost:${server.address().port}`;
  const names = ["user", "session", "account", "verification", "jwks", "oauthClient", "oauthAccessToken", "oauthRefreshToken", "oauthConsent", "oauthResource", "oauthClientResource"];
  const tables = Object.fromEntries(names.map((name) => [name, []]));
  const auth = betterAuth({
    baseURL: base,
    secret: "only for tests, and long enough for a key",
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    trustedOrigins: [origin],
    rateLimit: { enabled: false },
    logger: { level: "error" },
    plugins: [jwt(), oauthProvider({ loginPage: "/login", consentPage: "/consent", refreshTokenReuseInterval: grace })],
  });
  const { headers } = await auth.api.signUpEmail({ body: PERSON, returnHeaders: true });
  const cookie = headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  const { client_id: clientId } = await auth.api.adminCreateOAuthClient({
    headers: new Headers({ cookie }),
    body: {
      client_name: "shop",
      redirect_uris: [`${origin}/callback`],
      post_logout_redirect_uris: [`${origin}/bye`],
      // A web client has to be https, on another machine.
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      skip_consent: true,
      enable_end_session: true,
      dpop_bound_access_tokens: dpop,
    },
  });
  return {
    issuer: `${base}/api/auth`,
    clientId,
    field: "email",
    asked,
    /** Who is let in by this header. */
    who: async (authorization = "") => {
      const token = authorization.replace(/^(Bearer|DPoP) /, "");
      const hash = createHash("sha256").update(token).digest("base64url");
      const found = tables.oauthAccessToken.find((one) => one.token === hash && one.expiresAt > new Date());
      return found?.userId;
    },
    /** The key that the newest refresh token is bound to. */
    confirmation: () => JSON.parse(tables.oauthRefreshToken.at(-1).confirmation),
    async signIn(tab, done) {
      await tab.fill("[name=email]", PERSON.email);
      await tab.fill("[name=password]", PERSON.password);
      await Promise.all([tab.waitForURL(done), tab.click("[type=submit]")]);
    },
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}
