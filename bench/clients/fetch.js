import { kept, passwordGrant, read } from "./lib/session.js";

export const about = {
  name: "fetch",
  is: "the limit: a header set by hand, a token out of localStorage, no library",
  entry: "",
  lacks: {
    refresh: "the token is sent until it ends",
    retry: "a 401 is the caller's",
    tabs: "nothing is shared",
    wrapper: "it is the platform's own",
  },
};

const session = kept("bench.fetch");

export const signIn = async () => session.set(await passwordGrant());

export async function start() {
  const { access_token } = session.get();
  return {
    isSignedIn: () => access_token !== undefined,
    call: async (url) => read(await fetch(url, { headers: { Authorization: `Bearer ${access_token}` } })),
  };
}
