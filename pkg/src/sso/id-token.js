import { AuthError } from "../error.js";
import { ASYMMETRIC } from "../verify/algorithms.js";
import { Untrusted, objectIn, verifiedJws } from "../verify/jws.js";
import { Keys, Unavailable } from "../verify/keys.js";
import { decide, formOf } from "./decide.js";
import { unreachable } from "./provider.js";
import { halfHash } from "./random.js";

const sets = new Map();

/**
 * The provider's keys, once they are here: without them a code would be spent for nothing.
 *
 * @throws {AuthError} `provider_unreachable`, `token_untrusted`.
 */
export async function keysAt(url) {
  if (!sets.has(url)) sets.set(url, new Keys({ url }));
  const keys = sets.get(url);
  try {
    await keys.ready();
  } catch (error) {
    throw faultOf(error);
  }
  return keys;
}

/** The answer counts once, so the same cannot be tried again. */
function faultOf(error) {
  if (error instanceof Unavailable) return unreachable(`${error.message}; start the sign-in again`, { cause: error, retryable: false });
  if (!(error instanceof Untrusted)) return error;
  return new AuthError("token_untrusted", `the ID token is invalid: ${error.message}`);
}

/**
 * The claims of an ID token that was verified (OpenID Connect Core §3.1.3.7). `time`: as a form, what time it is and by whose clock.
 *
 * @throws {AuthError} `token_untrusted`, `provider_unreachable`.
 */
export async function claimsOf({ id_token, access_token }, slot, keys, time) {
  const allowed = slot.filter(([name]) => name === "id_token_signing_alg_values_supported").map(([, alg]) => alg);
  const algorithms = allowed.length ? ASYMMETRIC.filter((alg) => allowed.includes(alg)) : ASYMMETRIC;
  let claims, alg;
  try {
    const { header, payload } = await verifiedJws(id_token, keys, algorithms);
    claims = objectIn(payload, "payload");
    alg = header.alg;
  } catch (error) {
    throw faultOf(error);
  }
  const facts = [...time, ["at_hash", await halfHash(access_token, alg)]];
  await decide("check", [slot, formOf(claims), facts]);
  return claims;
}
