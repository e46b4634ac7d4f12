import base64 from "../dist/inline.js";
import { AuthError } from "./error.js";

/** The WebAssembly out of the bytes that are inlined in this package: base64 of deflate-raw. */
export function inlined() {
  if (typeof DecompressionStream !== "function") {
    throw new AuthError("unsupported", "this environment has no DecompressionStream; use hallpass/slim");
  }
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream, { headers: { "Content-Type": "application/wasm" } });
}
