import { createAuth } from "hallpass";
import { read } from "./lib/session.js";

export const about = {
  name: "hallpass",
  is: "mode `jwt`, stored in localStorage",
  entry: 'export { createAuth } from "hallpass";',
  lacks: {},
};

const client = async (timers) => {
  return createAuth({ mode: "jwt", storage: "local", timedRefresh: timers });
};

export async function signIn({ timers = true } = {}) {
  const auth = await client(timers);
  await auth.login({ email: "ada@example.com", password: "correct horse" });
}

export async function start({ timers = true } = {}) {
  const auth = await client(timers);
  return {
    isSignedIn: () => auth.status === "signed-in",
    call: async (url) => read(await auth.authFetch(url)),
    // It goes to no origin that gets a token, so the engine is asked, and nothing is sent.
    settled: () => auth.authFetch("data:,"),
  };
}
