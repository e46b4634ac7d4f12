import { createAuth } from "hallpass";

export const auth = createAuth({
  mode: "jwt",
  storage: "local",
  endpoints: { login: "/auth/jwt/login", refresh: "/auth/jwt/refresh", logout: "/auth/jwt/logout" },
});
