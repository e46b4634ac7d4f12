import { createHash, randomBytes } from "node:crypto";
import { put } from "../lib/folder.js";
import { tokensOf } from "../lib/held.js";
import { startNode } from "../lib/node.js";

export async function start(page) {
  const server = await startNode(async (folder) => {
    await put(folder, "package.json", '{ "type": "module" }');
    await put(folder, "server.js", page.named("server.js"));
    return "server.js";
  });
  return {
    ...server,
    /** As if the provider had sent the browser back. */
    async prepare(app) {
      const given = await authorized(server.origin);
      await app.tab.evaluate(({ code, verifier }) => {
        history.replaceState(null, "", `?code=${code}`);
        sessionStorage.setItem("verifier", verifier);
      }, given);
    },
    async signIn(app) {
      await app.tab.evaluate((tokens) => auth.adopt(tokens), await tokens(server.origin));
    },
    user: { sub: "ada", name: "Ada" },
    api: "/orders",
    order: { item: "milk" },
  };
}

/** The code (RFC 6749 §4.1, RFC 7636), as a browser gets it that goes through the provider's own pages. */
async function authorized(origin) {
  const verifier = randomBytes(32).toString("base64url");
  const asked = {
    client_id: "orders",
    redirect_uri: `${origin}/signed-in`,
    response_type: "code",
    scope: "openid profile offline_access",
    prompt: "consent",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  };
  const cookies = new Map();
  const go = async (url, form) => {
    const answer = await fetch(new URL(url, origin), {
      method: form ? "POST" : "GET",
      body: form && new URLSearchParams(form),
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      redirect: "manual",
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^(.*?)=(.*?)(?:;|$)/);
      cookies.set(name, value);
    }
    const next = answer.headers.get("location");
    if (!next) throw new Error(`${url} leads nowhere: ${answer.status} ${await answer.text()}`);
    return next;
  };
  let at = await go(`/auth?${new URLSearchParams(asked)}`);
  for (const form of [{ prompt: "login", login: "ada", password: "any" }, { prompt: "consent" }]) {
    const back = await go(at, form);
    at = await go(back);
  }
  return { code: new URL(at, origin).searchParams.get("code"), verifier };
}

async function tokens(origin) {
  const { code, verifier } = await authorized(origin);
  const form = { grant_type: "authorization_code", client_id: "orders", redirect_uri: `${origin}/signed-in`, code, code_verifier: verifier };
  const answer = await fetch(`${origin}/token`, { method: "POST", body: new URLSearchParams(form) });
  if (!answer.ok) throw new Error(`no tokens: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

export const flows = {
  lifetime: 16 * 60,
  refresh: "POST /token",
  async revoke(app, { origin }) {
    const { refresh } = await tokensOf(app);
    await fetch(`${origin}/token/revocation`, { method: "POST", body: new URLSearchParams({ client_id: "orders", token: refresh }) });
  },
  ends: { reason: "refresh_refused", serverCode: "invalid_grant", serverMessage: "grant request is invalid" },
};
