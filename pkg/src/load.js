import { create, finish, imports } from "../dist/glue.js";
import { AuthError } from "./error.js";
import { onDemand } from "./lazy.js";
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
    const explained = await onDemand("explained", () => import("./explained.js")).catch(() => (error) => error);
    throw explained(error, AuthError);
  }
  return create;
}
