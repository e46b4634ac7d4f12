import SuperTokens from "supertokens-website";
import { read } from "../lib/session.js";

export const about = {
  name: "supertokens-website",
  is: "its access token is a cookie too, and has ended; `doesSessionExist()`, then the page's `fetch`, which it has wrapped",
};

const init = () => SuperTokens.init({ apiDomain: location.origin, apiBasePath: "/hybrid" });

export async function signIn() {
  init();
  await read(await fetch("/hybrid/login", { method: "POST" }));
}

export async function start() {
  init();
  const exists = await SuperTokens.doesSessionExist();
  return { isSignedIn: () => exists, call: async (url) => read(await fetch(url)) };
}
