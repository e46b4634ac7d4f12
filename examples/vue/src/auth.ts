import { createAuth } from "hallpass";

export const auth = createAuth({
  mode: "hybrid",
  endpoints: { login: "/auth/hybrid/login", refresh: "/auth/hybrid/refresh", logout: "/auth/hybrid/logout" },
});
