import { browser } from "$app/environment";
import { createAuth } from "hallpass";

export const client = browser
  ? createAuth({
      mode: "session",
      endpoints: { login: "/auth/session/login", logout: "/auth/session/logout", me: "/auth/session/me" },
    })
  : null;
