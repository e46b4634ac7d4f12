import unpacked from "../dist/inline.js";

/** Makes the WebAssembly out of the texts that are inlined in this package. The compiler has a thread of its own: the page goes on meanwhile. */
export const instantiateInlined = (imports) => WebAssembly.instantiate(unpacked(), imports);
