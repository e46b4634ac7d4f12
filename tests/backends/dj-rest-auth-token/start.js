import { startDjango } from "../lib/django.js";
import { tokensOf } from "../lib/held.js";

export const start = async (page) => ({
  ...(await startDjango(page)),
  api: "/api/orders/",
  refused: { status: 400, serverMessage: "Unable to log in with provided credentials." },
  user: { pk: 1, username: "ada", email: "ada@example.com", first_name: "", last_name: "" },
});

export const flows = {
  async revoke(app, { origin }) {
    const { access } = await tokensOf(app);
    await fetch(`${origin}/dj-rest-auth/logout/`, { method: "POST", headers: { authorization: `Token ${access}` } });
  },
  ends: { reason: "token_expired", serverMessage: "Invalid token." },
};
