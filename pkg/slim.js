import { create } from "./src/auth.js";
import { AuthError } from "./src/error.js";
import { loaded, loadOnce } from "./src/load.js";

export { AuthError, isAuthError } from "./src/error.js";

export const load = async (source) => {
  await loadOnce(() => source);
};

export const createAuth = async (options) => {
  const wasm = await loaded();
  if (!wasm) throw new AuthError("unsupported", "the WebAssembly is not loaded: call load(source) first");
  return create(wasm, options);
};
