import { textOf } from "../bounded.js";
import { AuthError } from "../error.js";
import { isText } from "../options.js";
import { decide, formOf } from "./decide.js";
import { unreachable } from "./provider.js";

/** Milliseconds that it may take. */
const PATIENCE = 10_000;

/** What names the endpoints that the app gives by hand. */
const NAMES = {
  authorization: "authorization_endpoint",
  token: "token_endpoint",
  jwks: "jwks_uri",
  userinfo: "userinfo_endpoint",
  endSession: "end_session_endpoint",
  revocation: "revocation_endpoint",
  par: "pushed_authorization_request_endpoint",
};

/**
 * What is believed of the provider's document, as a form.
 *
 * @throws {AuthError} `provider_unreachable`, `response_invalid`, `config_invalid`.
 */
export async function documentOf({ issuer, endpoints, insecureOrigins }) {
  const own = [["issuer", issuer], ...insecureOrigins.map((origin) => ["insecure", origin])];
  const urls = await decide("well_known", [own]);
  const document = endpoints
    ? { issuer, ...Object.fromEntries(Object.entries(endpoints).map(([name, url]) => [NAMES[name], url])) }
    : await fetched(urls.map(([, url]) => url));
  try {
    return await decide("read", [own, formOf(document)]);
  } catch (error) {
    // What has to be compared is no secret.
    const isElsewhere = (name) => isText(document[name]) && !/^https:/.test(document[name]) && !document[name].startsWith(new URL(issuer).origin);
    const name = document.issuer === issuer ? Object.values(NAMES).find(isElsewhere) : "issuer";
    if (name) error.message += `: ${name} is ${document[name]}`;
    throw error;
  }
}

async function fetched([url, other]) {
  const { status, text } = await answerOf(url);
  // RFC 8414 has another place for it.
  if (status === 404 && other) return fetched([other]);
  if (status === 408 || status === 429 || status >= 500) throw unreachable(`the provider answers ${url} with status ${status}`, { status });
  let document;
  try {
    document = JSON.parse(text); // `undefined` is none
  } catch {
    // said below
  }
  if (status !== 200 || typeof document !== "object" || document === null) {
    throw new AuthError("response_invalid", `${url} is no document of a provider: status ${status}`, { status });
  }
  return document;
}

async function answerOf(url) {
  try {
    const response = await fetch(url, {
      credentials: "omit",
      redirect: "error",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    return { status: response.status, text: await textOf(response) };
  } catch (cause) {
    throw unreachable(`no answer for ${url}; look at the network, CORS and connect-src`, { cause });
  }
}
