import texts from "../dist/inline.js";
import { unpack } from "./unpack.js";

/** Makes the WebAssembly out of the texts that are inlined in this package. */
export const instantiateInlined = (imports) => WebAssembly.instantiate(unpack(texts), imports);
