// The claims of a token, by those who have a function for it. hallpass has none in its interface: it decodes a token once, when it comes.
import { createAuth } from "hallpass";
import { decodeJwt } from "jose";
import { jwtDecode } from "jwt-decode";

/** What takes a token in turns into `() => claims`. */
export const decoders = {
  "jwt-decode": (token) => () => jwtDecode(token),
  "jose decodeJwt": (token) => () => decodeJwt(token),
  "hallpass auth.claims": async (token) => {
    const auth = await signedIn(token);
    return () => auth.claims;
  },
};

/** A client whose login endpoint answers this token. */
export async function signedIn(token, options) {
  const auth = await createAuth({ mode: "jwt", key: crypto.randomUUID(), timedRefresh: false, ...options });
  const network = globalThis.fetch;
  const answer = JSON.stringify({ access_token: token, refresh_token: "again", expires_in: 3600, token_type: "Bearer" });
  globalThis.fetch = async () => new Response(answer, { headers: { "Content-Type": "application/json" } });
  try {
    await auth.login({});
  } finally {
    globalThis.fetch = network;
  }
  return auth;
}
