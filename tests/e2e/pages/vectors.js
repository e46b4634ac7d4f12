// Runs test vectors through the modules of the package that verify signatures.

import { ASYMMETRIC, SYMMETRIC } from "/pkg/src/verify/algorithms.js";
import { Untrusted, verifiedJws } from "/pkg/src/verify/jws.js";
import { Keys, faultOf } from "/pkg/src/verify/keys.js";

/** Whether a JWS is taken with these keys, given by hand: `{ taken, why }`. */
export async function judge(jws, jwks) {
  const isSecret = jwks.keys?.some((jwk) => jwk.kty === "oct");
  const algorithms = isSecret ? [...ASYMMETRIC, ...SYMMETRIC] : ASYMMETRIC;
  const fault = faultOf(jwks, algorithms);
  if (fault) return { taken: false, why: fault };
  try {
    const { payload } = await verifiedJws(jws, new Keys({ given: jwks.keys }), algorithms);
    return { taken: true, why: "", payload: new TextDecoder().decode(payload) };
  } catch (error) {
    if (error instanceof Untrusted) return { taken: false, why: error.message };
    throw error;
  }
}

/** Every test of a file of Wycheproof's that is about signatures: `{ id, comment, expected, taken, why }`. */
export async function wycheproof(name) {
  const { testGroups } = await (await fetch(`/vectors/wycheproof/${name}`)).json();
  const found = [];
  for (const group of testGroups) {
    // Of a key pair a page gets the public half.
    const jwk = group.public ?? group.private;
    const jwks = Array.isArray(jwk.keys) ? jwk : { keys: [jwk] };
    for (const { tcId, comment, jws, result } of group.tests) {
      if (jws !== undefined) {
        found.push({ id: tcId, comment: `${group.comment} ${comment}`, expected: result === "valid", ...(await judge(jws, jwks)) });
      }
    }
  }
  return found;
}
