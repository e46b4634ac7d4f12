import { OAuth2Client, OAuth2Fetch } from "@badgateway/oauth2-client";
import { kept, read } from "./lib/session.js";

export const about = {
  name: "badgateway oauth2-client",
  is: "`OAuth2Fetch`, with `storeToken` and `getStoredToken` over localStorage",
  entry: 'export { OAuth2Client, OAuth2Fetch } from "@badgateway/oauth2-client";',
  lacks: { tabs: "it has no lock between tabs" },
};

const session = kept("bench.badgateway");
const client = () => new OAuth2Client({ server: location.origin, clientId: "bench", tokenEndpoint: "/token" });

export const signIn = async () => session.set(await client().password({ username: "ada", password: "correct horse" }));

export async function start({ timers = true } = {}) {
  const wrapper = new OAuth2Fetch({
    client: client(),
    getNewToken: () => null,
    storeToken: session.set,
    getStoredToken: session.get,
    scheduleRefresh: timers,
  });
  return { isSignedIn: () => session.get() !== null, call: async (url) => read(await wrapper.fetch(url)) };
}
