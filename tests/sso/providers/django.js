// PyPI `django-oauth-toolkit` as the provider, for a public client of an app at `origin`.
import { generateKeyPairSync } from "node:crypto";
import { startDjango } from "../../backends/lib/django.js";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, privateKeyEncoding: { type: "pkcs8", format: "pem" }, publicKeyEncoding: { type: "spki", format: "pem" } });

const settingsOf = (grace, protection) => `
INSTALLED_APPS += ["oauth2_provider"]
MIDDLEWARE = ["api.cors.allow"] + MIDDLEWARE
LOGIN_URL = "/admin/login/"
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "OIDC_RSA_PRIVATE_KEY": """${privateKey}""",
    "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
    "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
    "SCOPES": {"openid": "who", "profile": "name"},
    "ALLOWED_SCHEMES": ["http", "https"],
    "REQUEST_APPROVAL_PROMPT": "auto",
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": ${grace},
    "REFRESH_TOKEN_REUSE_PROTECTION": ${protection ? "True" : "False"},
}
`;
const URLS = `
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
`;
const CORS = `
def allow(get_response):
    def answer(request):
        response = get_response(request)
        if "Origin" in request.headers:
            response["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response["Access-Control-Expose-Headers"] = "Date"
        return response
    return answer
`;
const setup = (origin) => `
from oauth2_provider.models import Application
User.objects.filter(username="ada").update(is_staff=True)
Application.objects.create(
    name="shop", client_id="shop", client_type="public", authorization_grant_type="authorization-code", algorithm="RS256", skip_authorization=True,
    redirect_uris="${origin}/callback", post_logout_redirect_uris="${origin}/bye", allowed_origins="${origin}",
)`;

/** `grace`: seconds in which a refresh token that was used is good once more. `protection`: its use after that ends the session. */
export async function startDjangoProvider(origin, { grace = 0, protection = false } = {}) {
  const block = (file, code) => ({ language: "python", file, code });
  const blocks = [block("config/settings.py", settingsOf(grace, protection)), block("config/urls.py", URLS), block("api/cors.py", CORS)];
  const server = await startDjango({ blocks }, "", setup(origin));
  const issuer = `${server.origin}/o`;
  return {
    issuer,
    clientId: "shop",
    field: "username",
    shell: server.shell,
    said: server.said,
    close: server.stop,
    /** Who is let in by this header. */
    who: async (authorization = "") => {
      const answer = await fetch(`${issuer}/userinfo/`, { headers: { authorization } });
      return answer.ok ? (await answer.json()).sub : undefined;
    },
    /** Types what it asks for, until the browser is where `done` says. */
    async signIn(tab, done) {
      await tab.fill("[name=username]", "ada");
      await tab.fill("[name=password]", "correct horse");
      await Promise.all([tab.waitForURL(done), tab.click("[type=submit]")]);
    },
  };
}
