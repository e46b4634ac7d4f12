import { importParameters, isInRange, signatureAlgorithm, weakness } from "./algorithms.js";
import { decoded } from "./base64url.js";

/** The token, or the key set behind it, is not to be believed. `message` says why, and holds nothing of the token. */
export class Untrusted extends Error {}

export const refuse = (why) => {
  throw new Untrusted(why);
};

/**
 * The header and the payload of a JWS in compact serialization (RFC 7515 §7.1), once its signature has been verified (§5.2)
 * with a key of `keys` and one of the `algorithms` that the app allows (RFC 8725 §3.1).
 *
 * @throws {Untrusted}
 */
export async function verifiedJws(token, keys, algorithms) {
  const parts = typeof token === "string" ? token.split(".") : [];
  if (parts.length !== 3) refuse("it is not a signed JWT of three parts");
  const [header, payload, signature] = parts.map(bytesOf);
  const members = objectIn(header, "header");
  const { alg, crit, b64, kid } = members;
  if (!algorithms.includes(alg)) refuse("its alg is not in verify.algorithms");
  // RFC 7515 §4.1.11: an extension that is not understood. RFC 7797 is one of them.
  if (crit !== undefined || b64 !== undefined) refuse("its header has an extension that hallpass does not know");
  if (kid !== undefined && typeof kid !== "string") refuse("its kid is not a string");
  const jwk = await keys.find(alg, kid);
  const key = await cryptoKey(jwk, alg);
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  const isRight = isInRange(jwk, signature, bytesOf) && (await verify(signatureAlgorithm(alg), key, signature, signed));
  if (!isRight) refuse("its signature is wrong");
  return { header: members, payload };
}

/** WebCrypto refuses some signatures by an exception. */
async function verify(...args) {
  try {
    return await crypto.subtle.verify(...args);
  } catch {
    return false;
  }
}

/** Each key of a set is looked at and imported once for an algorithm. */
const imported = new WeakMap();

async function cryptoKey(jwk, alg) {
  const known = imported.get(jwk) ?? {};
  imported.set(jwk, known);
  const weak = known[alg] ? undefined : weakness(jwk, alg, bytesOf);
  if (weak) refuse(weak);
  // Only what makes the key: `use`, `key_ops` and `alg` have been looked at.
  const { kty, n, e, crv, x, y, k } = jwk;
  try {
    return (known[alg] ??= await crypto.subtle.importKey("jwk", { kty, n, e, crv, x, y, k }, importParameters(alg), false, ["verify"]));
  } catch {
    return refuse("the key that it names is not valid");
  }
}

/** The JSON object in these bytes. */
export function objectIn(bytes, what) {
  let value;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
    if (namesTwice(text)) value = undefined;
  } catch {
    // said below
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse(`its ${what} is not a JSON object in which each name stands once`);
  }
  return value;
}

/** Whether JSON text has an object with the same name twice: readers differ in which of the two they take (RFC 7519 §4). */
function namesTwice(json) {
  const open = [];
  let text;
  for (const [part] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]/g)) {
    if (part === "{" || part === "[") open.push(new Set());
    else if (part === "}" || part === "]") open.pop();
    else if (part === ":") {
      const names = open.at(-1);
      const name = JSON.parse(text);
      if (names.has(name)) return true;
      names.add(name);
    } else text = part;
  }
  return false;
}

/** Of a part of a token, or of a key. */
const bytesOf = (part) => decoded(part) ?? refuse("a part of it is not base64url");
