// A Flask app with one user.
import { startPython } from "./python.js";

export const startFlask = async (page) => ({
  ...(await startPython(page, ["flask", "run"])),
  scope: { password: "correct horse" },
  credentials: { username: "ada", password: "correct horse" },
  wrong: { username: "ada", password: "wrong" },
  refused: { status: 401, serverMessage: "Bad username or password" },
  user: { id: 1, name: "ada" },
  api: "/orders",
  order: { item: "milk" },
});
