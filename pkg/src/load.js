import init, * as glue from "../dist/glue.js";
import { AuthError } from "./error.js";

/**
 * The exports of the WebAssembly, loaded once from what `source` gives. A failed load may be tried again.
 */
let loading;

export function loadOnce(source) {
  loading ??= instantiate(source).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** The load that is done or under way, if any. */
export const loaded = () => loading;

async function instantiate(source) {
  if (typeof WebAssembly !== "object") {
    throw new AuthError("unsupported", "this environment has no WebAssembly");
  }
  try {
    await init({ module_or_path: await source() });
  } catch (error) {
    throw explain(error);
  }
  return glue;
}

function explain(error) {
  // Each engine has its own words; all of them name the policy or the keyword.
  if (/content security policy|unsafe-eval|\bCSP\b/i.test(String(error?.message))) {
    const text = "the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src";
    return new AuthError("unsupported", text, { cause: error });
  }
  return error;
}
