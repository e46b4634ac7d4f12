// Signs tokens in the page, as an issuer or an attacker would.

const PARAMETERS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  PS384: { name: "RSA-PSS", hash: "SHA-384", saltLength: 48, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  ES384: { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
  EdDSA: { name: "Ed25519" },
  HS256: { name: "HMAC", hash: "SHA-256" },
};

const encoded = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=*$/, "");
const ofText = (text) => encoded(new TextEncoder().encode(text));

/** A key with its public half as a JWK, and `sign(claims, header)`. Claims and header may be JSON text. */
export async function signer(alg, kid) {
  const made = await generated(PARAMETERS[alg]);
  const { privateKey = made, publicKey = made } = made;
  const { key_ops: _, ext: __, alg: ___, ...jwk } = await crypto.subtle.exportKey("jwk", publicKey);
  const { d } = privateKey === made ? {} : await crypto.subtle.exportKey("jwk", privateKey);
  const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  return {
    jwk: { ...jwk, kid, alg, use: "sig" },
    /** The whole key, as nobody should publish it. */
    secret: { ...jwk, kid, alg, use: "sig", d },
    sign: async (claims, header = {}) => {
      const head = typeof header === "string" ? header : { alg, kid, typ: "at+jwt", ...header };
      const signed = `${ofText(text(head))}.${ofText(text(claims))}`;
      const signature = await crypto.subtle.sign(PARAMETERS[alg], privateKey, new TextEncoder().encode(signed));
      return `${signed}.${encoded(new Uint8Array(signature))}`;
    },
  };
}

/** WebKitGTK fails to make an RSA key now and then. */
const generated = async (parameters, attempts = 5) => {
  try {
    return await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
  } catch (error) {
    if (attempts === 1) throw error;
    return generated(parameters, attempts - 1);
  }
};

const seconds = () => Math.floor(Date.now() / 1000);

/** What the tests take for right. */
export const claims = (others) => ({
  iss: "https://issuer.test",
  aud: "api",
  sub: "ada",
  email: "ada@example.com",
  iat: seconds(),
  exp: seconds() + 300,
  ...others,
});
