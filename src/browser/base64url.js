/** The text in base64url without padding (RFC 7515 §2), `""` if it is not UTF-8; `undefined` for what is not base64url. */
export function decoded(part) {
  const swapped = (text, from, to) => text.replaceAll(from[0], to[0]).replaceAll(from[1], to[1]);
  let binary;
  try {
    binary = atob(swapped(part, "-_", "+/"));
  } catch {
    return undefined;
  }
  // `atob` also takes blanks, padding, the other alphabet, and bits that are lost at the end.
  if (swapped(btoa(binary), "+/", "-_").replace(/=*$/, "") !== part) return undefined;
  try {
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return "";
  }
}
