// What has to be random, and what is made of it.

import { AuthError } from "../error.js";
import { encoded } from "../verify/base64url.js";

/** 256 bits, as RFC 7636 §4.1 has them. */
export const random = () => encoded(crypto.getRandomValues(new Uint8Array(32)));

/** RFC 7636 §4.2, and the first half for `at_hash` (OpenID Connect Core §3.1.3.6). */
export async function hashed(text, bits = 256) {
  if (!crypto.subtle) throw new AuthError("unsupported", "a sign-in needs https, or http on this machine: elsewhere browsers have no crypto.subtle");
  return new Uint8Array(await crypto.subtle.digest(`SHA-${bits}`, new TextEncoder().encode(text)));
}

/** The left half of the access token's hash, by the algorithm of the ID token. */
export async function halfHash(token, alg) {
  const bytes = await hashed(token, /\d+$/.exec(alg.replace(/^Ed.*/, "512"))[0]);
  return encoded(bytes.subarray(0, bytes.length / 2));
}
