import type { ReactNode } from "react";
import { currentUser } from "../lib/current-user";
import { Providers } from "./providers";

export default async function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Providers user={await currentUser()}>{children}</Providers>
      </body>
    </html>
  );
}
