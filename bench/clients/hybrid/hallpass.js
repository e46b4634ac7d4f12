import { createAuth } from "hallpass";
import { read } from "../lib/session.js";

export const about = {
  name: "hallpass",
  is: "mode `hybrid`",
};

const client = () => createAuth({ mode: "hybrid", endpoints: { login: "/hybrid/login", refresh: "/hybrid/refresh" } });

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
