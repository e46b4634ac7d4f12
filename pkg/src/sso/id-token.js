import { AuthError } from "../error.js";
import { ASYMMETRIC } from "../verify/algorithms.js";
import { Untrusted, objectIn, verifiedJws } from "../verify/jws.js";
import { Keys, Unavailable } from "../verify/keys.js";
import { decide, formOf } from "./decide.js";
import { unreachable } from "./provider.js";
import { halfHash } from "./random.js";

const sets = new Map();

/** The provider's keys. Asked for at once: they are needed when the answer is there. */
export function keysAt(url) {
  if (!sets.has(url)) sets.set(url, new Keys({ url }));
  const keys = sets.get(url);
  keys.ready().catch(() => {}); // who needs them is told
  return keys;
}

/**
 * The claims of an ID token that was verified (OpenID Connect Core §3.1.3.7).
 *
 * @throws {AuthError} `token_untrusted`, `provider_unreachable`.
 */
export async function claimsOf({ id_token, access_token }, slot, keys, now) {
  const allowed = slot.filter(([name]) => name === "id_token_signing_alg_values_supported").map(([, alg]) => alg);
  const algorithms = allowed.length ? ASYMMETRIC.filter((alg) => allowed.includes(alg)) : ASYMMETRIC;
  let claims, alg;
  try {
    const { header, payload } = await verifiedJws(id_token, keys, algorithms);
    claims = objectIn(payload, "payload");
    alg = header.alg;
  } catch (error) {
    if (error instanceof Unavailable) throw unreachable(error.message, { cause: error });
    if (!(error instanceof Untrusted)) throw error;
    throw new AuthError("token_untrusted", `the ID token is not to be believed: ${error.message}`);
  }
  const facts = [["now", Math.floor(now / 1000)], ["at_hash", await halfHash(access_token, alg)]];
  await decide("check", [slot, formOf(claims), facts]);
  return claims;
}
