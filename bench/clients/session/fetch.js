import { read } from "../lib/session.js";

export const about = {
  name: "fetch",
  is: "the limit: a page that asks `me` by hand, no library",
};

export const signIn = async () => read(await fetch("/session/login", { method: "POST" }));

export async function start() {
  const answer = await fetch("/session/me", { headers: { Accept: "application/json" } });
  const user = answer.ok ? (await answer.json()).user : null;
  return { isSignedIn: () => user !== null, call: async (url) => read(await fetch(url)) };
}
