import { useState } from "react";
import { isAuthError } from "hallpass";
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
  const submit = async (fields: FormData) => {
    try {
      await login({ email: fields.get("email"), password: fields.get("password") });
    } catch (error) {
      setProblem(isAuthError(error) ? error.message : "Something went wrong.");
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(new FormData(event.currentTarget));
      }}
    >
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
