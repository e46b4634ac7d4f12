"use client";

import Link from "next/link";
import { useUser } from "hallpass/react";

export default function Home() {
  const user = useUser();
  return (
    <>
      <h1>{user ? `Welcome, ${user.name}` : "Welcome"}</h1>
      {/* To prefetch a guarded page asks the backend as well. */}
      <Link href="/orders" prefetch={false}>
        Orders
      </Link>
    </>
  );
}
