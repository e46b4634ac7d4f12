import { createAuth } from "hallpass";

export const auth = createAuth({
  mode: "session",
  endpoints: { login: "/auth/session/login", logout: "/auth/session/logout", me: "/auth/session/me" },
});
