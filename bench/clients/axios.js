import axios from "axios";
import { createAuthRefresh } from "axios-auth-refresh";
import { jwtDecode } from "jwt-decode";

export function start() {
  const http = axios.create({ adapter: "fetch" });
  const session = { token: null };
  http.interceptors.request.use((request) => {
    request.headers.Authorization = `Bearer ${session.token}`;
    return request;
  });
  createAuthRefresh(http, async () => {});
  return { http, session };
}

export async function signIn({ http, session }) {
  const { data } = await http.post("/auth/login", { email: "ada@example.com", password: "correct horse" });
  session.token = data.access_token;
  jwtDecode(session.token);
  return (url) => http.get(url);
}
