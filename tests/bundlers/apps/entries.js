// An app that imports all three entries, and has what is loaded on demand: glue and engine are in it once, and loaded once.
import axios from "axios";
import { createAuth } from "hallpass";
import { axiosAdapter } from "hallpass/axios";
import * as slim from "hallpass/slim";
import { signIn } from "./sign-in.js";

async function main() {
  let compiled = 0;
  for (const name of ["compile", "instantiate", "compileStreaming", "instantiateStreaming"]) {
    const real = WebAssembly[name];
    WebAssembly[name] = (...args) => (compiled++, real(...args));
  }
  const Module = WebAssembly.Module;
  WebAssembly.Module = new Proxy(Module, { construct: (_, args) => (compiled++, new Module(...args)) });
  const auth = await createAuth(signIn.options);
  const plain = await signIn(auth);
  const { status } = await axios.create({ adapter: axiosAdapter(auth) }).get("/api/jwt/orders");
  // No `load`: what the other entry loaded is there, and the same key is the same engine.
  const other = await slim.createAuth(signIn.options);
  const loaded = compiled;
  const { iss: issuer, aud: audience } = auth.claims;
  const verify = { jwks: "/.well-known/jwks.json", issuer, audience };
  const onDemand = await signIn(await createAuth({ ...signIn.options, key: "sealed", storage: "sealed", verify }));
  // The words of this error are a chunk as well.
  const wrong = await createAuth({ mode: "jwt", leeway: "soon" }).catch((error) => error.message);
  globalThis.report({ plain, axios: status, same: other.user.name, compiled: loaded, onDemand, wrong });
}

main().catch((error) => globalThis.report({ error: String(error) }));
