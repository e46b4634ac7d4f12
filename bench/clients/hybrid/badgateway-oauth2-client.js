import { OAuth2Client, OAuth2Fetch } from "@badgateway/oauth2-client";
import { read } from "../lib/session.js";

export const about = {
  name: "badgateway oauth2-client",
  is: "`OAuth2Fetch`, whose `getNewToken` asks with the cookie",
};

export const signIn = async () => read(await fetch("/hybrid/login", { method: "POST" }));

export async function start() {
  const wrapper = new OAuth2Fetch({
    client: new OAuth2Client({ server: location.origin, clientId: "bench", tokenEndpoint: "/token" }),
    async getNewToken() {
      const { access_token: accessToken, expires_in } = await read(await fetch("/hybrid/refresh", { method: "POST" }));
      return { accessToken, refreshToken: null, expiresAt: Date.now() + expires_in * 1000 };
    },
  });
  const token = await wrapper.getAccessToken();
  return { isSignedIn: () => token !== undefined, call: async (url) => read(await wrapper.fetch(url)) };
}
