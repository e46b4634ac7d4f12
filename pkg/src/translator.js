import { onDemand } from "./lazy.js";

/** What stands between the engine's requests and the network, for these options. */
export const translatorOf = async (options) => (await onDemand("translatorOf", () => import("./contracts.js")))(options);
