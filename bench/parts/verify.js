// A token's signature and claims. hallpass verifies inside, with its option `verify`: here are the same functions by themselves.
import { createLocalJWKSet, jwtVerify } from "jose";
import { checkClaims } from "../../pkg/src/verify/claims.js";
import { objectIn, verifiedJws } from "../../pkg/src/verify/jws.js";
import { checkedOptions } from "../../pkg/src/verify/options.js";

/** From the key set and what is wanted to `(token) => promise`, which rejects if the token is not good. */
export const verifiers = {
  "jose jwtVerify": ({ jwks, issuer, audience }) => {
    const keys = createLocalJWKSet(jwks);
    return (token) => jwtVerify(token, keys, { issuer, audience });
  },
  "hallpass, what verify does": ({ jwks, issuer, audience }) => {
    const { keys, ...wanted } = checkedOptions({ mode: "jwt", verify: { jwks, issuer, audience } });
    return async (token) => {
      const { header, payload } = await verifiedJws(token, keys, wanted.algorithms);
      checkClaims(header, objectIn(payload, "payload"), wanted, Date.now(), true);
    };
  },
};
