import { create } from "./src/auth.js";
import { AuthError } from "./src/error.js";
import { loaded, loadOnce } from "./src/load.js";

export { AuthError, isAuthError } from "./src/error.js";

export const load = async (source) => {
  await loadOnce((imports) => instantiate(source, imports));
};

export const createAuth = async (options) => {
  const open = await loaded();
  if (!open) throw new AuthError("unsupported", "the WebAssembly is not loaded: call load(source) first");
  return create(open, options);
};

async function instantiate(source, imports) {
  let given = await (typeof source === "string" || source instanceof URL ? fetch(source) : source);
  if (given instanceof Response) {
    if (!given.ok) throw new Error(`the WebAssembly could not be loaded: status ${given.status} for ${given.url}`);
    // Served as anything else, it cannot be compiled while it comes.
    if (given.headers.get("Content-Type") === "application/wasm") {
      return WebAssembly.instantiateStreaming(given, imports);
    }
    given = await given.arrayBuffer();
  }
  const made = await WebAssembly.instantiate(given, imports);
  return made instanceof WebAssembly.Instance ? { instance: made, module: given } : made;
}
