import inline from "../dist/inline.js";

/** Makes the WebAssembly out of the text that is inlined in this package, see `docs/decisions/0007`. */
export function instantiateInlined(imports) {
  const [alphabet, singles, text] = inline;
  const ranks = Object.fromEntries([...alphabet].map((char, rank) => [char, rank]));
  // By code, of one character or two: the common bytes, then the others in order.
  const bytes = singles.match(/../g).map((hex) => parseInt(hex, 16));
  const common = bytes.length;
  for (let byte = 0; byte < 256; byte++) if (!bytes.includes(byte)) bytes.push(byte);
  const module = new Uint8Array(text.length);
  let length = 0;
  let base = 0;
  for (const char of text) {
    const code = base + ranks[char];
    if (!base && code >= common) {
      base = common + (code - common) * alphabet.length;
    } else {
      module[length++] = bytes[code];
      base = 0;
    }
  }
  return WebAssembly.instantiate(module.subarray(0, length), imports);
}
