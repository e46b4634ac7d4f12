"use client";

import { useEffect, type ReactNode } from "react";
import { useRouter } from "next/navigation";
import type { RegisteredUser } from "hallpass";
import { AuthProvider } from "hallpass/react";
import { auth } from "../lib/auth";

export function Providers({ user, children }: { user: RegisteredUser | null | undefined; children: ReactNode }) {
  const router = useRouter();

  // Somebody is here now: the server renders for them. A logout is not yet known there when it is here.
  useEffect(() => {
    const listening = auth?.then((client) =>
      client.subscribe(({ event }) => {
        if (event === "signed-in" || event === "subject-changed") router.refresh();
      }),
    );
    return () => void listening?.then((stop) => stop());
  }, [router]);

  return (
    <AuthProvider auth={auth} initial={user}>
      {children}
    </AuthProvider>
  );
}
