// What the WebAssembly modules export that are loaded after this.

const modules = [];

for (const name of ["instantiate", "instantiateStreaming"]) {
  const real = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const made = await real.apply(WebAssembly, args);
    modules.push((made.instance ?? made).exports);
    return made;
  };
}

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(Instance, args) {
    const instance = new Instance(...args);
    // What unpacks the engine imports nothing, and is garbage after that.
    if (args.length > 1) modules.push(instance.exports);
    return instance;
  },
});

/** All that is of this kind, under whatever name. */
export function exported(kind) {
  if (!modules.length) throw new Error("no WebAssembly was loaded");
  return modules.flatMap((exports) => Object.values(exports)).filter((value) => value instanceof kind);
}
