import axios from "axios";
import { createAuthRefresh } from "axios-auth-refresh";
import { jwtDecode } from "jwt-decode";
import { kept, passwordGrant } from "./lib/session.js";

export const about = {
  name: "axios, axios-auth-refresh",
  is: "`adapter: \"fetch\"`, two interceptors, claims by jwt-decode; as the README of axios-auth-refresh shows it",
  entry:
    'export { default } from "axios"; export { createAuthRefresh } from "axios-auth-refresh"; export { jwtDecode } from "jwt-decode";',
  lacks: { tabs: "it has no lock between tabs", clock: "it renews after a 401, not before: each call is sent twice" },
};

const session = kept("bench.axios");

export const signIn = async () => session.set(await passwordGrant());

export async function start() {
  const http = axios.create({ adapter: "fetch" });
  http.interceptors.request.use((request) => {
    request.headers.Authorization = `Bearer ${session.get().access_token}`;
    return request;
  });
  createAuthRefresh(http, async (failed) => {
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: session.get().refresh_token });
    session.set((await axios.post("/token", body, { adapter: "fetch" })).data);
    failed.response.config.headers.Authorization = `Bearer ${session.get().access_token}`;
  });
  jwtDecode(session.get().access_token);
  return { isSignedIn: () => session.get() !== null, call: async (url) => (await http.get(url)).data };
}
