import { createAuth } from "hallpass";
import type { RegisteredUser } from "hallpass/preact";

export const auth = createAuth<RegisteredUser>({
  mode: "jwt",
  storage: "local",
  endpoints: { login: "/auth/jwt/login", refresh: "/auth/jwt/refresh", logout: "/auth/jwt/logout" },
});
