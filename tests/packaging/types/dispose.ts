// Explicit resource management, where the app's `lib` has it.
import { createAuth } from "hallpass";

export async function once(): Promise<number> {
  using auth = await createAuth({ mode: "session" });
  return (await auth.authFetch("/orders")).status;
}
