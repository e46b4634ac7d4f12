import { createAuth } from "hallpass";
import type { RegisteredUser } from "hallpass/solid";

export const auth = createAuth<RegisteredUser>({
  mode: "session",
  endpoints: { login: "/auth/session/login", logout: "/auth/session/logout", me: "/auth/session/me" },
});
