/** The bytes in base64url without padding (RFC 7515 §2); `undefined` for anything else. */
export function decoded(text) {
  let binary;
  try {
    binary = /^[\w-]*$/.test(text) ? atob(text.replaceAll("-", "+").replaceAll("_", "/")) : undefined;
  } catch {
    return undefined;
  }
  // Bits that are lost at the end would let one signature be written in several ways.
  if (binary === undefined || ofBinary(binary) !== text) return undefined;
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** Bytes in base64url. */
export const encoded = (bytes) => ofBinary(String.fromCharCode(...bytes));

const ofBinary = (binary) => btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
