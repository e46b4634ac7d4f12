import { Restoring, SignedIn, SignedOut } from "hallpass/react";
import { LoginForm } from "../login/form";
import { Orders } from "./orders";

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
