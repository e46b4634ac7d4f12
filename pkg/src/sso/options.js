// The option `sso`: what may be said of a provider, or of several by names of the app's own.

import { AuthError } from "../error.js";
import { checkAll, isObject, isText, table } from "../options.js";

const MEMBERS = {
  issuer: "string",
  clientId: "string",
  redirectUri: "string",
  scope: "string",
  params: table,
  userinfo: "boolean",
  par: ["auto", "require"],
  apis: isObject,
  dpop: [true, false, "auto"],
  endpoints: {
    authorization: "string",
    token: "string",
    jwks: "string",
    userinfo: "string",
    endSession: "string",
    revocation: "string",
    par: "string",
  },
};

const NEEDED = ["issuer", "clientId", "redirectUri"];
/** What a provider's name may be: it goes along with its tokens. */
const NAME = /^[\w-]{1,40}$/;

/** The providers by their names, with their defaults; one alone has none. Throws a list for what is wrong. */
export function optionsOf(options) {
  const { sso } = options;
  if (!isObject(sso)) throw ["sso", undefined, sso];
  const several = Object.entries(sso);
  if (!several.length || several.some(([name]) => Object.hasOwn(MEMBERS, name))) return new Map([["", ownOf("sso", "", sso, options)]]);
  const all = new Map(
    several.map(([name, one]) => {
      if (!NAME.test(name)) {
        throw new AuthError("config_invalid", "option sso: a provider's name has letters, digits, _ and -, at most 40", { option: "sso" });
      }
      return [name, ownOf(`sso.${name}`, name, one, options)];
    }),
  );
  // Answers are told apart by their address without its query.
  const address = ({ redirectUri }) => redirectUri.replace(/\/?(\?.*)?$/s, "");
  for (const own of all.values()) {
    own.sharesRedirectUri = [...all.values()].some((other) => other.issuer !== own.issuer && address(other) === address(own));
  }
  return all;
}

function ownOf(option, name, sso, { key = "default", insecureOrigins = [] }) {
  checkAll(option, sso, MEMBERS);
  const here = globalThis.location;
  if (!here) throw new AuthError("unsupported", "the option sso needs a page, whose address an answer comes to", { option });
  for (const member of NEEDED) if (!isText(sso[member]) || !sso[member]) throw [`${option}.${member}`, undefined, sso[member], "string"];
  const { scope = "openid", params = {}, userinfo = false, par, apis, dpop = false, endpoints, issuer, clientId } = sso;
  const page = globalThis.document?.baseURI;
  const redirect = URL.canParse(sso.redirectUri, page) ? new URL(sso.redirectUri, page) : undefined;
  // The answer comes to this page's script, and to nobody else's.
  if (!redirect || redirect.origin !== here.origin || redirect.hash) {
    const words = "must be a path or URL of the page's own origin, without a fragment";
    throw new AuthError("config_invalid", `option ${option}.redirectUri: ${words}`, { option: `${option}.redirectUri` });
  }
  return { name, key, issuer, clientId, redirectUri: redirect.href, scope, params, userinfo, par, apis, dpop, endpoints, insecureOrigins };
}
