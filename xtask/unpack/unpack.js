// Puts a module together out of texts: docs/decisions/0013. A smaller module does it, src/lib.rs, many times quicker than JavaScript that runs
// once. No module: the build writes it into each file that carries texts, so that what unpacks them is no request of its own.

/** How far behind the texts it puts what it makes of them. */
const ROOM = 1 << 18;

function unpack([unpacker, texts]) {
  const bytes = Uint8Array.from(atob(unpacker), (char) => char.charCodeAt(0));
  const { memory, room, unpack } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  const start = room();
  const all = new Uint8Array(memory.buffer);
  new TextEncoder().encodeInto(`${texts.join("\n")}\n`, all.subarray(start));
  return all.subarray(start + ROOM, unpack());
}
