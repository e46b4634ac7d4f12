// RFC 7518 §3.1 and RFC 8037, as far as WebCrypto has it. ES256K (RFC 8812) and Ed448 it has not.

const family = (alg) => alg.slice(0, 2);
const bits = (alg) => Number(alg.slice(2));
const hash = (alg) => `SHA-${bits(alg)}`;

const CURVES = { ES256: "P-256", ES384: "P-384", ES512: "P-521", EdDSA: "Ed25519", Ed25519: "Ed25519" };
const KEY_TYPES = { RS: "RSA", PS: "RSA", ES: "EC", Ed: "OKP", HS: "oct" };
const NAMES = { RS: "RSASSA-PKCS1-v1_5", PS: "RSA-PSS", ES: "ECDSA", HS: "HMAC" };

/** With a key pair: what is allowed where the app says nothing. `Ed25519` is `EdDSA` by its name of RFC 9864. */
export const ASYMMETRIC = [
  ...["RS", "PS", "ES"].flatMap((name) => [`${name}256`, `${name}384`, `${name}512`]),
  "EdDSA",
  "Ed25519",
];
/** With a secret that both sides know: a page can keep none, so it is for tests and tools. */
export const SYMMETRIC = ["HS256", "HS384", "HS512"];

export const isSymmetric = (alg) => SYMMETRIC.includes(alg);
const isKnown = (alg) => ASYMMETRIC.includes(alg) || isSymmetric(alg);

export function importParameters(alg) {
  const name = NAMES[family(alg)] ?? "Ed25519";
  if (family(alg) === "ES") return { name, namedCurve: CURVES[alg] };
  return name === "Ed25519" ? { name } : { name, hash: hash(alg) };
}

export function signatureAlgorithm(alg) {
  const name = NAMES[family(alg)] ?? "Ed25519";
  if (name === "ECDSA") return { name, hash: hash(alg) };
  // RFC 7518 §3.5: the salt is as long as the hash.
  return name === "RSA-PSS" ? { name, saltLength: bits(alg) / 8 } : { name };
}

/** Whether a key is for checking signatures of this algorithm (RFC 7517 §4, RFC 8725 §3.1). `isGiven`: by the app, by hand. */
export function fits(jwk, alg, isGiven) {
  const { kty, crv, use = "sig", key_ops: operations = ["verify"] } = jwk;
  if (kty !== KEY_TYPES[family(alg)] || crv !== CURVES[alg]) return false;
  if (use !== "sig" || !Array.isArray(operations) || !operations.includes("verify")) return false;
  return jwk.alg === undefined || jwk.alg === alg || meansTheSame(jwk, alg) || (isGiven && isWider(jwk.alg, alg));
}

/** Two names of one algorithm: RFC 9864, and a slip that is in many keys, as the curve has 521 bits. */
const meansTheSame = ({ alg, crv }, other) =>
  (crv === "Ed25519" && [alg, other].every((name) => /^Ed(DSA|25519)$/.test(name))) || (crv === "P-521" && alg === "ES521");

/** For an RSA key in the app's own hands, the hash that it names is the least that is taken. */
const isWider = (own, alg) => isKnown(own) && KEY_TYPES[family(alg)] === "RSA" && family(own) === family(alg) && bits(own) <= bits(alg);

/** Why a key is too weak to prove anything, or `undefined`. `decode` reads base64url. */
export function weakness(jwk, alg, decode) {
  if (jwk.kty === "oct") {
    // RFC 7518 §3.2.
    return decode(jwk.k).length * 8 < bits(alg) ? "the key is shorter than the hash" : undefined;
  }
  if (jwk.kty !== "RSA") return undefined;
  const [modulus, exponent] = [jwk.n, jwk.e].map((part) => number(decode(part)));
  // RFC 7518 §3.3.
  if (modulus.toString(2).length < 2048) return "the RSA key has less than 2048 bits";
  if (exponent < 3n || exponent % 2n === 0n) return "the RSA key has an exponent that protects nothing";
  return isRoca(modulus) ? "the RSA key was made by faulty hardware (ROCA) and can be broken" : undefined;
}

/** Whether an RSA signature is as long as the modulus and below it (RFC 8017 §5.2.2, §8): WebKit takes others too. */
export function isInRange(jwk, signature, decode) {
  if (jwk.kty !== "RSA") return true;
  const modulus = decode(jwk.n);
  return signature.length === modulus.length && number(signature) < number(modulus);
}

const number = (bytes) => BigInt(`0x0${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`);

/** CVE-2017-15361: both primes are powers of 65537 modulo each small prime, so their product is too. */
function isRoca(modulus) {
  for (let prime = 3n; prime <= 167n; prime += 2n) {
    let power = 1n;
    do power = (power * 65537n) % prime;
    while (power > 1n && power !== modulus % prime);
    if (power !== modulus % prime && isPrime(prime)) return false;
  }
  return true;
}

function isPrime(odd) {
  for (let divisor = 3n; divisor * divisor <= odd; divisor += 2n) if (odd % divisor === 0n) return false;
  return true;
}
