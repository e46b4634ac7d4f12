"use client";

import { useEffect, useState, type FormEvent } from "react";
import { useAuth } from "hallpass/react";

export function LoginForm() {
  const { status, reason, login, refresh } = useAuth();
  const [problem, setProblem] = useState("");
  const [isReady, setReady] = useState(false);

  useEffect(() => {
    setReady(true);
    // The server has seen the end of the session first: the client looks as well.
    if (status === "signed-in") refresh().catch(() => {});
  }, []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { email, password } = Object.fromEntries(new FormData(event.currentTarget));
    await login({ email, password }).catch((error: Error) => setProblem(error.message));
  };
  return (
    <>
      {reason === "session_ended" && <p>Your session has ended.</p>}
      <form onSubmit={submit}>
        <input name="email" type="email" autoComplete="username" />
        <input name="password" type="password" autoComplete="current-password" />
        <button disabled={!isReady}>Sign in</button>
        <p role="alert">{problem}</p>
      </form>
    </>
  );
}
