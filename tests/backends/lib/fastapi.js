// A FastAPI app with its users, of whom one is registered.
import { startPython } from "./python.js";

export async function startFastapi(page) {
  const server = await startPython(page, ["uvicorn", "main:app", "--log-level=warning"]);
  const [email, password] = ["ada@example.com", "correct horse"];
  const answer = await fetch(`${server.origin}/auth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return {
    ...server,
    scope: { password },
    credentials: { username: email, password },
    wrong: { username: email, password: "wrong" },
    refused: { status: 400, serverCode: "LOGIN_BAD_CREDENTIALS" },
    user: await answer.json(),
    api: "/orders",
    order: { item: "milk" },
  };
}
