import { create } from "./src/auth.js";
import { instantiateInlined } from "./src/inlined.js";
import { loadOnce } from "./src/load.js";

export { AuthError, isAuthError } from "./src/error.js";

export const createAuth = async (options) => create(await loadOnce(instantiateInlined), options);
