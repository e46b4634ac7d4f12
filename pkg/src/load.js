import { create, finish, imports } from "../dist/glue.js";
import { AuthError } from "./error.js";
import { requirePlatform } from "./platform.js";

let loading;

/**
 * What makes handles, once `instantiate(imports)` has given `{ instance, module }`. Runs once; a failed load may be tried again.
 */
export function loadOnce(instantiate) {
  requirePlatform();
  loading ??= load(instantiate).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** The load that is done or under way, if any. */
export function loaded() {
  requirePlatform();
  return loading;
}

async function load(instantiate) {
  try {
    const { instance, module } = await instantiate(imports());
    finish(instance, module);
  } catch (error) {
    throw explain(error);
  }
  return create;
}

function explain(error) {
  // Each engine has its own words; all of them name the policy or the keyword.
  if (/content security policy|unsafe-eval|\bCSP\b/i.test(String(error?.message))) {
    const text = "the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src";
    return new AuthError("unsupported", text, { cause: error });
  }
  return error;
}
