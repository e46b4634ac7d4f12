// What a provider, or somebody on the way, may say that is not so.

const EVIL = "https://evil.example";
const answer = (change) => ({ answer: change });
const claims = (change) => ({ claims: (said) => ({ ...said, ...change(said) }) });

/** Each: what it is called, the section by which it has to be seen, how tests/sso/lib/liar.js is told it, and what it is in, where not all clients ask for that. */
export const LIES = [
  ["the answer without `state`", "RFC 6749 §10.12", answer(({ state, ...said }) => said)],
  ["the answer with another `state`", "RFC 6749 §10.12", answer((said) => ({ ...said, state: "another" }))],
  ["the answer with another `iss`", "RFC 9207 §2.4", answer((said) => ({ ...said, iss: EVIL }))],
  ["the answer without the `iss` that was promised", "RFC 9207 §2.4", answer(({ iss, ...said }) => said)],
  ["ID token: another `iss`", "OIDC Core §3.1.3.7", claims(() => ({ iss: EVIL }))],
  ["ID token: another `nonce`", "OIDC Core §3.1.3.7", claims(() => ({ nonce: "another" })), "nonce"],
  ["ID token: no `nonce`", "OIDC Core §3.1.3.7", claims(() => ({ nonce: undefined })), "nonce"],
  ["ID token: another `aud`", "OIDC Core §3.1.3.7", claims(() => ({ aud: "other" }))],
  ["ID token: another `azp`", "OIDC Core §3.1.3.7", claims(() => ({ azp: "other" }))],
  ["ID token: several `aud` and no `azp`", "OIDC Core §3.1.3.7", claims(() => ({ aud: ["shop", "other"] }))],
  ["ID token: it has expired", "OIDC Core §3.1.3.7", claims(({ iat }) => ({ iat: iat - 7200, exp: iat - 3600 }))],
  ["ID token: `iat` is an hour ahead", "OIDC Core §3.1.3.7", claims(({ iat, exp }) => ({ iat: iat + 3600, exp: exp + 7200 }))],
  ["ID token: another `at_hash`", "OIDC Core §3.1.3.8", claims(() => ({ at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }))],
  ["ID token: no `sub`", "OIDC Core §2", claims(() => ({ sub: undefined }))],
  ["ID token: no `exp`", "OIDC Core §2", claims(() => ({ exp: undefined }))],
  ["ID token: signed by another key", "OIDC Core §3.1.3.7", { isForeign: true }],
  ["ID token: `alg` is `none`", "OIDC Core §3.1.3.7", { header: () => ({ alg: "none" }) }],
  ["ID token: an HMAC by the public key", "RFC 8725 §2.1", { header: () => ({ alg: "HS256", kid: "k" }) }],
  ["no ID token", "OIDC Core §3.1.3.3", { tokens: ({ id_token, ...said }) => said }],
  ["discovery: another `issuer`", "OIDC Discovery §4.3", { document: (said) => ({ ...said, issuer: EVIL }) }, "document"],
  ["UserInfo about another `sub`", "OIDC Core §5.3.2", { userinfo: () => ({ sub: "eve", name: "Eve" }) }, "userinfo"],
];
