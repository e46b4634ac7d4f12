import { createAuth } from "hallpass";

export const start = () => createAuth({ mode: "jwt" });

export async function signIn(auth) {
  await auth.login({ email: "ada@example.com", password: "correct horse" });
  return auth.authFetch;
}
