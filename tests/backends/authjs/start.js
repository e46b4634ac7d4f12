import { sendCookies } from "../lib/held.js";
import { startModule } from "../lib/node.js";

export const start = async (page) => ({
  ...(await startModule(page)),
  refused: { serverMessage: null },
  user: { id: "1", name: "ada" },
});

export const flows = {
  lifetime: 9 * 60 * 60,
  async revoke(app, backend) {
    const { body } = await sendCookies(app, backend, "GET", "/auth/csrf");
    await sendCookies(app, backend, "POST", "/auth/signout", undefined, JSON.parse(body));
  },
  ends: { reason: "session_ended" },
};
