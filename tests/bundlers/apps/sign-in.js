const endpoints = { login: "/auth/jwt/login", refresh: "/auth/jwt/refresh", logout: "/auth/jwt/logout" };

/** What the app shows once it is signed in. */
export async function signIn(auth) {
  const user = await auth.login({ email: "ada@example.com", password: "correct horse" });
  const answer = await auth.authFetch("/api/jwt/orders");
  const { orders } = await answer.json();
  return { name: user.name, status: answer.status, orders: Array.isArray(orders) };
}
signIn.options = { mode: "jwt", endpoints };
