// The option `sso`: what may be said of the provider.

import { checkAll, isObject, isText } from "../options.js";

const MEMBERS = {
  issuer: "string",
  clientId: "string",
  redirectUri: "string",
  scope: "string",
  userinfo: "boolean",
  endpoints: {
    authorization: "string",
    token: "string",
    jwks: "string",
    userinfo: "string",
    endSession: "string",
    revocation: "string",
  },
};

const NEEDED = ["issuer", "clientId", "redirectUri"];

/** The members with their defaults. Throws a list for what is wrong. */
export function optionsOf({ mode, key = "default", sso, insecureOrigins = [] }) {
  if (!isObject(sso)) throw ["sso", undefined, sso];
  checkAll("sso", sso, MEMBERS);
  if (mode !== "jwt") throw ["mode", ["jwt"]];
  for (const name of NEEDED) if (!isText(sso[name]) || !sso[name]) throw [`sso.${name}`, "string"];
  const { scope = "openid", userinfo = false, endpoints, issuer, clientId } = sso;
  const page = globalThis.document?.baseURI;
  const redirect = URL.canParse(sso.redirectUri, page) ? new URL(sso.redirectUri, page) : undefined;
  // The answer comes to this page's script, and to nobody else's.
  if (!redirect || redirect.origin !== location.origin || redirect.hash) throw ["sso.redirectUri", undefined, sso.redirectUri, "string"];
  return { key, issuer, clientId, redirectUri: redirect.href, scope, userinfo, endpoints, insecureOrigins };
}
