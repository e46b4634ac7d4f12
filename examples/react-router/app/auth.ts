import { createAuth } from "hallpass";

export const auth =
  typeof window === "undefined"
    ? null
    : createAuth({
        mode: "session",
        endpoints: { login: "/auth/session/login", logout: "/auth/session/logout", me: "/auth/session/me" },
      });
