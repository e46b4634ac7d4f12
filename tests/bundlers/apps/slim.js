// The WebAssembly as a file of its own, by its address.
import { createAuth, load } from "hallpass/slim";
import { signIn } from "./sign-in.js";
import wasm from "./wasm.js";

async function main() {
  await load(wasm);
  globalThis.report({ plain: await signIn(await createAuth(signIn.options)) });
}

main().catch((error) => globalThis.report({ error: String(error), cause: String(error.cause) }));
