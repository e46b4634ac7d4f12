"use client";

import { useEffect, useState } from "react";
import { createAuth, isAuthError } from "hallpass";
import { createAuth as createSlimAuth, load } from "hallpass/slim";
import { signIn } from "./sign-in";

export function Orders() {
  const [name, setName] = useState("nobody");
  useEffect(() => {
    main(setName).catch((error) => globalThis.report({ error: String(error), cause: String(error.cause) }));
  }, []);
  // `isAuthError` runs on the server as well.
  return <p>{isAuthError(null) ? "an error" : name}</p>;
}

async function main(setName) {
  await load(new URL("hallpass/hallpass.wasm", import.meta.url));
  const auth = await createSlimAuth(signIn.options);
  const plain = await signIn(auth);
  const { iss: issuer, aud: audience } = auth.claims;
  const verify = { jwks: "/.well-known/jwks.json", issuer, audience };
  const sealed = await createAuth({ ...signIn.options, key: "sealed", storage: "sealed", verify });
  const onDemand = await signIn(sealed);
  setName(plain.name);
  globalThis.report({ plain, onDemand });
}
