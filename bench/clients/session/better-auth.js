import { createAuthClient } from "better-auth/client";
import { read } from "../lib/session.js";

export const about = {
  name: "better-auth",
  is: "`getSession()`, then the app's `fetch`",
};

const client = () => createAuthClient({ baseURL: location.origin, basePath: "/session" });

export async function signIn() {
  const { error } = await client().signIn.email({ email: "ada@example.com", password: "correct horse" });
  if (error) throw new Error(error.message);
}

export async function start() {
  const { data } = await client().getSession();
  return { isSignedIn: () => data !== null, call: async (url) => read(await fetch(url)) };
}
