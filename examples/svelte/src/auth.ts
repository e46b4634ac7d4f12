import { createAuth } from "hallpass";
import { authState } from "hallpass/svelte";

export const client = createAuth({
  mode: "session",
  endpoints: { login: "/auth/session/login", logout: "/auth/session/logout", me: "/auth/session/me" },
});

export const auth = authState(client);
