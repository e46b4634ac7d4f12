import unpacked from "../dist/inline.js";

/** Makes the WebAssembly out of the texts that are inlined in this package: at once, for the way by another thread takes longer. */
export const instantiateInlined = (imports) => {
  const bytes = unpacked();
  try {
    const module = new WebAssembly.Module(bytes);
    return { module, instance: new WebAssembly.Instance(module, imports) };
  } catch (error) {
    // Older Chromiums compile no more than 4 KiB at once on the main thread.
    if (!(error instanceof RangeError)) throw error;
    return WebAssembly.instantiate(bytes, imports);
  }
};

/** The same while the page goes on: the compiler has a thread of its own. */
export const instantiateBeside = (imports) => WebAssembly.instantiate(unpacked(), imports);
