import { createAuth, load } from "hallpass/slim";

export async function start() {
  await load("/hallpass.wasm");
  return createAuth({ mode: "jwt" });
}

export async function signIn(auth) {
  await auth.login({ email: "ada@example.com", password: "correct horse" });
  return auth.authFetch;
}
