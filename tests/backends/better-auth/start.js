import { put } from "../lib/folder.js";
import { sendCookies } from "../lib/held.js";
import { startNode } from "../lib/node.js";

export async function start(page) {
  const server = await startNode(async (folder) => {
    await put(folder, "package.json", '{ "type": "module" }');
    await put(folder, "server.js", page.named("server.js"));
    return "server.js";
  });
  const [email, password] = ["ada@example.com", "correct horse"];
  const { origin } = server;
  const signUp = (body) =>
    fetch(`${origin}/api/auth/sign-up/email`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify(body),
    });
  /** The links that were sent, the newest last. */
  const links = () => [...server.said().matchAll(/^verify: (.*)$/gm)].map(([, url]) => url);
  await signUp({ email, password, name: "Ada" });
  await fetch(links().at(-1), { redirect: "manual" });
  const login = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ email, password }),
  });
  return {
    ...server,
    links,
    scope: { password },
    credentials: { email, password },
    wrong: { email, password: "wrong horse" },
    refused: { status: 401, serverCode: "INVALID_EMAIL_OR_PASSWORD", serverMessage: "Invalid email or password" },
    api: "/orders",
    order: { item: "milk" },
    user: (await login.json()).user,
  };
}

export const flows = {
  lifetime: 8 * 24 * 60 * 60,
  revoke: (app, backend) => sendCookies(app, backend, "POST", "/api/auth/sign-out", () => ({ origin: backend.origin })),
  ends: { reason: "session_ended" },
};
