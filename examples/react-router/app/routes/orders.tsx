import { useState } from "react";
import { redirect } from "react-router";
import { Restoring, SignedIn, SignedOut, useAuth } from "hallpass/react";
import type { Route } from "./+types/orders";
import { LoginForm } from "../login-form";
import { userOf } from "../user.server";

export async function loader({ request }: Route.LoaderArgs) {
  if ((await userOf(request.headers.get("cookie"))) !== null) return null;
  const { pathname, search } = new URL(request.url);
  throw redirect(`/login?${new URLSearchParams({ to: pathname + search })}`);
}

export default function Page() {
  return (
    <>
      <Restoring>
        <p>One moment…</p>
      </Restoring>
      <SignedOut>
        <LoginForm />
      </SignedOut>
      <SignedIn>
        <Orders />
      </SignedIn>
    </>
  );
}

function Orders() {
  const { user, authFetch, logout } = useAuth();
  const [orders, setOrders] = useState("");
  const load = async () => setOrders(await (await authFetch("/api/session/orders")).text());
  return (
    <>
      <h1>{`Hello ${user?.name}`}</h1>
      <button onClick={load}>Load the orders</button>
      <button onClick={logout}>Sign out</button>
      <output>{orders}</output>
    </>
  );
}
