import { createAuth } from "hallpass";
import { read } from "../lib/session.js";

export const about = {
  name: "hallpass",
  is: "mode `session`",
};

const client = () => createAuth({ mode: "session", endpoints: { login: "/session/login", me: "/session/me" } });

export async function signIn() {
  await (await client()).login({ email: "ada@example.com", password: "correct horse" });
}

export async function start() {
  const auth = await client();
  return {
    isSignedIn: () => auth.status === "signed-in",
    call: async (url) => read(await auth.authFetch(url)),
  };
}
