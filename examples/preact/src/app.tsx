import type { TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import { isAuthError } from "hallpass";
import { Restoring, SignedIn, SignedOut, useAuth, useUser } from "hallpass/preact";

export function App() {
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

function Login() {
  const { login } = useAuth();
  const [problem, setProblem] = useState("");
  const submit = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    try {
      await login({ email: fields.get("email"), password: fields.get("password") });
    } catch (error) {
      setProblem(isAuthError(error) ? error.message : "Something went wrong.");
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <input name="email" type="email" autocomplete="username" />
      <input name="password" type="password" autocomplete="current-password" />
      <button>Sign in</button>
      <p role="alert">{problem}</p>
    </form>
  );
}

function Orders() {
  const user = useUser();
  const { authFetch, logout } = useAuth();
  const [orders, setOrders] = useState("");
  const load = async () => {
    const response = await authFetch("/api/jwt/orders");
    setOrders(await response.text());
  };
  return (
    <>
      <h1>Hello {user?.name}</h1>
      <button onClick={() => void load()}>Load the orders</button>
      <button onClick={() => void logout()}>Sign out</button>
      <output>{orders}</output>
    </>
  );
}
