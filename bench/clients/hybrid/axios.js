import axios from "axios";
import { createAuthRefresh } from "axios-auth-refresh";

export const about = {
  name: "axios, axios-auth-refresh",
  is: "the app asks for a token first; later refreshes are those of axios-auth-refresh",
};

export const signIn = () => axios.post("/hybrid/login", undefined, { adapter: "fetch" });

export async function start() {
  let token;
  const refresh = async () => {
    token = (await axios.post("/hybrid/refresh", undefined, { adapter: "fetch" })).data.access_token;
  };
  const http = axios.create({ adapter: "fetch" });
  http.interceptors.request.use((request) => {
    request.headers.Authorization = `Bearer ${token}`;
    return request;
  });
  createAuthRefresh(http, async (failed) => {
    await refresh();
    failed.response.config.headers.Authorization = `Bearer ${token}`;
  });
  await refresh();
  return { isSignedIn: () => token !== undefined, call: async (url) => (await http.get(url)).data };
}
