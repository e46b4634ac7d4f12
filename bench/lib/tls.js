// A certificate for `localhost`, and what makes Chromium trust it: its cache keeps nothing that came with a certificate error.
import { X509Certificate, createHash } from "node:crypto";
import { generate } from "selfsigned";

/** `key` and `cert` as PEM; `spki`: the hash of the public key, for `--ignore-certificate-errors-spki-list`. */
export async function certificate() {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], { keyType: "ec", algorithm: "sha256" });
  const der = new X509Certificate(cert).publicKey.export({ format: "der", type: "spki" });
  return { key, cert, spki: createHash("sha256").update(der).digest("base64") };
}
