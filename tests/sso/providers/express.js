// A backend with npm `express-openid-connect`: a cookie, and redirects in place of 401.
import express from "express";
import oidc from "express-openid-connect";

/** Answers below `/bff`; `done` says whether it has. */
export function expressBackend({ issuer, origin, clientId, secret }) {
  const app = express();
  app.use(
    oidc.auth({
      authRequired: false,
      idpLogout: true,
      issuerBaseURL: issuer,
      baseURL: origin(),
      clientID: clientId,
      clientSecret: secret,
      secret: "only for tests, and long enough for a key",
      authorizationParams: { response_type: "code", scope: "openid profile" },
      routes: { login: false, logout: false, callback: "/bff/callback" },
    }),
  );
  const path = (given) => (/^\/(?![/\\])/.test(given) ? given : "/");
  app.get("/bff/login", (request, response) => response.oidc.login({ returnTo: path(request.query.returnTo) }));
  app.get("/bff/logout", (request, response) => response.oidc.logout({ returnTo: path(request.query.returnTo) }));
  // Whoever is not signed in gets 401 where JSON is asked for, and else is sent to the provider: calls as well.
  app.get("/bff/me", oidc.requiresAuth(), (request, response) => response.json(request.oidc.user));
  app.get("/bff/orders", oidc.requiresAuth(), (request, response) => response.json({ of: request.oidc.user.sub }));
  return (request, response) =>
    new Promise((done) => {
      response.once("close", () => done(true));
      if (!request.url.startsWith("/bff/")) return done(false);
      app(request, response, (error) => {
        if (error) response.writeHead(error.statusCode ?? 500).end(String(error));
        else done(false);
      });
    });
}
