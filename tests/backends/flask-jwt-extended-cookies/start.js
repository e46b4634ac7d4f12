import { startPython } from "../lib/python.js";

export const start = async (page) => ({
  ...(await startPython(page, ["flask", "run"])),
  scope: { password: "correct horse" },
  credentials: { username: "ada", password: "correct horse" },
  wrong: { username: "ada", password: "wrong" },
  user: { id: 1, name: "ada" },
  api: "/orders",
  order: { item: "milk" },
});
