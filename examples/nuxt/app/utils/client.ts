import { createAuth } from "hallpass";

export const client = import.meta.client
  ? createAuth({
      mode: "session",
      endpoints: { login: "/auth/session/login", logout: "/auth/session/logout", me: "/auth/session/me" },
    })
  : null;
