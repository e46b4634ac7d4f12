import { useState } from "react";
import { Restoring, SignedIn, SignedOut, useAuth, useUser } from "hallpass/react";

export default function App() {
  return (
    <>
      <Restoring>
        <p>One moment…</p>
      </Restoring>
      <SignedOut>
        <Login />
      </SignedOut>
      <SignedIn>
        <Orders />
      </SignedIn>
    </>
  );
}

export function Login() {
  const { login } = useAuth();
  const [problem, setProblem] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    const { email, password } = Object.fromEntries(new FormData(event.currentTarget));
    await login({ email, password }).catch((error) => setProblem(error.message));
  };
  return (
    <form onSubmit={submit}>
      <input name="email" type="email" autoComplete="username" />
      <input name="password" type="password" autoComplete="current-password" />
      <button>Sign in</button>
      <p role="alert">{problem}</p>
    </form>
  );
}

export function Orders() {
  const user = useUser();
  const { authFetch, logout } = useAuth();
  const [orders, setOrders] = useState("");
  const load = async () => setOrders(await (await authFetch("/api/jwt/orders")).text());
  return (
    <>
      <h1>{`Hello ${user?.name}`}</h1>
      <button onClick={load}>Load the orders</button>
      <button onClick={logout}>Sign out</button>
      <output>{orders}</output>
    </>
  );
}
