// Signs in, calls the API, then does the same with what is loaded on demand.
import { createAuth } from "hallpass";
import { signIn } from "./sign-in.js";

async function main() {
  const auth = await createAuth(signIn.options);
  const plain = await signIn(auth);
  const { iss: issuer, aud: audience } = auth.claims;
  const verify = { jwks: "/.well-known/jwks.json", issuer, audience };
  const sealed = await createAuth({ ...signIn.options, key: "sealed", storage: "sealed", verify });
  const onDemand = await signIn(sealed);
  // The words of this error are a chunk as well.
  const wrong = await createAuth({ mode: "jwt", leeway: "soon" }).catch((error) => error.message);
  globalThis.report({ plain, onDemand, wrong, stored: Object.keys(localStorage), locked: isUnreadable() });
}

/** Nothing of the user is to be read in what is stored. */
const isUnreadable = () => !JSON.stringify(localStorage).includes("ada@example.com");

main().catch((error) => globalThis.report({ error: String(error), cause: String(error.cause) }));
