// A client of hallpass whose surroundings grow.
import { createAuth } from "hallpass";
import { read } from "../clients/lib/session.js";

export async function signedIn({ key, origins = 0, subscribers = 0 }) {
  const auth = await createAuth({
    mode: "jwt",
    key,
    storage: "local",
    timedRefresh: false,
    origins: Array.from({ length: origins }, (_, index) => `https://api-${index}.example.com`),
  });
  await auth.login({ email: "ada@example.com", password: "correct horse" });
  for (let n = 0; n < subscribers; n++) auth.subscribe(() => {});
  return { auth, call: async (url) => read(await auth.authFetch(url)) };
}
