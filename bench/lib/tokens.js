// Signed tokens, as a provider of OpenID Connect issues them.
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";

const pairs = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
};

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** RFC 7517 §5. */
export const jwks = {
  keys: Object.entries(pairs).map(([alg, { publicKey }]) => ({ ...publicKey.export({ format: "jwk" }), alg, kid: alg, use: "sig" })),
};

/** A JWT (RFC 7519) that lives `life` seconds from `now`, in ms. */
export function jwt(claims, { life, alg = "RS256", now = Date.now() }) {
  const seconds = now / 1000;
  const signed = `${encoded({ alg, typ: "JWT", kid: alg })}.${encoded({ iat: Math.floor(seconds), exp: Math.ceil(seconds + life), ...claims })}`;
  const signature = sign("sha256", signed, { key: pairs[alg].privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** A token of `bytes` bytes, or as few as there can be, filled by a claim with roles. */
export function jwtOfSize(bytes, { issuer, audience, alg }) {
  const make = (filling) => jwt({ iss: issuer, aud: audience, sub: "ada", jti: randomUUID(), ...filling }, { life: 3600, alg });
  const bare = jwt({ sub: "ada", iss: issuer, aud: audience }, { life: 3600, alg });
  if (bare.length >= bytes) return bare;
  const roles = [];
  let token = make({ roles });
  while (token.length < bytes) {
    roles.push(`role:${roles.length}:reader`);
    token = make({ roles });
  }
  return token;
}
