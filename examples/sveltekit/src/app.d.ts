import type { RegisteredUser } from "hallpass";

declare module "hallpass" {
  interface Register {
    user: { id: string; name: string; email: string };
  }
}

declare global {
  namespace App {
    interface Locals {
      /** `null` is nobody; `undefined`, that the backend did not say. */
      user: RegisteredUser | null | undefined;
    }
  }
}
