import { createAuth, load } from "hallpass/slim";
import { read } from "./lib/session.js";

export const about = {
  name: "hallpass/slim",
  is: "mode `jwt`, stored in localStorage; the WebAssembly is a file of its own",
  entry: 'export { createAuth, load } from "hallpass/slim";',
  lacks: {},
};

const client = async (timers) => {
  await load("/hallpass.wasm");
  return createAuth({ mode: "jwt", key: "slim", storage: "local", timedRefresh: timers });
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
  };
}
