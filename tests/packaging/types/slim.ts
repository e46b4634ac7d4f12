// `hallpass/slim`, with each source of the WebAssembly.
import { type AuthClient, type AuthError, createAuth, isAuthError, load, type WasmSource } from "hallpass/slim";
import { createAuth as createAuthInlined, type AuthClient as InlinedClient } from "hallpass";

declare const compiled: WebAssembly.Module;

export const sources: WasmSource[] = [
  "/hallpass.wasm",
  new URL("https://example.com/hallpass.wasm"),
  new Response(),
  fetch("/hallpass.wasm"),
  new ArrayBuffer(8),
  new Uint8Array(8),
  compiled,
];

declare function explain(error: AuthError): never;

export async function start(): Promise<AuthClient> {
  await load("/hallpass.wasm").catch((error: unknown) => {
    if (isAuthError(error) && error.code === "unsupported") explain(error);
  });
  const auth = await createAuth({ mode: "session" });
  // A client is a client, whichever entry made it.
  const same: InlinedClient = auth;
  return same ?? (await createAuthInlined({ mode: "session" }));
}

// @ts-expect-error -- without a source there is nothing to load
await load();
// @ts-expect-error -- and null is none
await load(null);
