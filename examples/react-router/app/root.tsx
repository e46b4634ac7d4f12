import { useEffect, type ReactNode } from "react";
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRevalidator } from "react-router";
import { AuthProvider } from "hallpass/react";
import type { Route } from "./+types/root";
import { auth } from "./auth";
import { userOf } from "./user.server";

export async function loader({ request }: Route.LoaderArgs) {
  return { user: await userOf(request.headers.get("cookie")) };
}

/** The page is for this visitor alone. */
export const headers: Route.HeadersFunction = () => ({ "Cache-Control": "private, no-store" });

export function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <link rel="icon" href="data:," />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration />
        <Scripts />
      </body>
    </html>
  );
}

export default function App({ loaderData }: Route.ComponentProps) {
  const { revalidate } = useRevalidator();

  // Somebody is here now: the server renders for them. A logout is not yet known there when it is here.
  useEffect(() => {
    const listening = auth?.then((client) =>
      client.subscribe(({ event }) => {
        if (event === "signed-in" || event === "subject-changed") void revalidate();
      }),
    );
    return () => void listening?.then((stop) => stop());
  }, [revalidate]);

  return (
    <AuthProvider auth={auth} initial={loaderData.user}>
      <Outlet />
    </AuthProvider>
  );
}
