"use client";

import { useState } from "react";
import { useAuth } from "hallpass/react";

export function Orders() {
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
