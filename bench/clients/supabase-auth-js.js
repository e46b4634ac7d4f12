import { AuthClient } from "@supabase/auth-js";
import { read } from "./lib/session.js";

export const about = {
  name: "supabase auth-js",
  is: "stored in localStorage, as is its default; `getSession()` before each call, then the app's `fetch`",
  entry: 'export { AuthClient } from "@supabase/auth-js";',
  lacks: {
    wrapper: "the package has none; supabase-js has one for Supabase's own API",
    retry: "a 401 is the caller's",
    tabs: "it has no lock between tabs any more; the server's grace is to bear it",
  },
};

const client = (timers) => new AuthClient({ url: location.origin, storageKey: "bench.supabase", autoRefreshToken: timers });

export async function signIn({ timers = true } = {}) {
  const { error } = await client(timers).signInWithPassword({ email: "ada@example.com", password: "correct horse" });
  if (error) throw error;
}

export async function start({ timers = true } = {}) {
  const auth = client(timers);
  return {
    isSignedIn: async () => (await auth.getSession()).data.session !== null,
    async call(url) {
      const { data, error } = await auth.getSession();
      if (error) throw error;
      return read(await fetch(url, { headers: { Authorization: `Bearer ${data.session.access_token}` } }));
    },
  };
}
