import { ASYMMETRIC, SYMMETRIC } from "./algorithms.js";
import { Keys, faultOf } from "./keys.js";

/** The option `verify` is wrong; `message` says how. */
export class OptionFault extends Error {
  constructor(option, message) {
    super(message);
    this.option = option;
  }
}

const KINDS = {
  jwks: (value) => typeof value === "string" || value instanceof URL || isObject(value) || "a URL, or a JWK Set",
  issuer: (value) => isTexts(value) || "a string, or an array of strings",
  audience: (value) => isTexts(value) || "a string, or an array of strings",
  algorithms: (value) => (Array.isArray(value) && isTexts(value)) || "an array of strings",
  typ: (value) => typeof value === "string" || "a string",
  maxAge: (value) => isSeconds(value) || "seconds, more than 0",
  clockTolerance: (value) => value === 0 || isSeconds(value) || "seconds, not negative",
};

/** The keys, and what a token has to be. */
export function checkedOptions({ mode, baseUrl, insecureOrigins = [], verify }) {
  if (mode === "session") fail("verify", 'is for tokens; mode "session" has none');
  for (const [name, value] of Object.entries(verify)) {
    const kind = Object.hasOwn(KINDS, name) && KINDS[name];
    if (!kind) fail("verify", `has no member "${name}"; there are: ${Object.keys(KINDS).join(", ")}`);
    const allowed = value === undefined || kind(value);
    if (allowed !== true) fail(`verify.${name}`, `must be ${allowed}`);
  }
  const { issuer, audience, algorithms = ASYMMETRIC, clockTolerance = 30, ...others } = verify;
  const known = [...ASYMMETRIC, ...SYMMETRIC];
  const unknown = algorithms.find((alg) => !known.includes(alg));
  if (unknown !== undefined || !algorithms.length) fail("verify.algorithms", `must hold some of ${known.join(", ")}`);
  const list = (value) => (typeof value === "string" ? [value] : value);
  const keys = keysOf(verify.jwks, algorithms, baseUrl, insecureOrigins);
  return { ...others, keys, issuer: list(issuer), audience: list(audience), algorithms, clockTolerance };
}

function keysOf(jwks, algorithms, baseUrl, insecureOrigins) {
  if (isObject(jwks) && !(jwks instanceof URL)) {
    const fault = faultOf(jwks, algorithms);
    if (fault) fail("verify.jwks", fault);
    // As it was given: what the app does with it later changes nothing.
    return new Keys({ given: structuredClone(jwks.keys) });
  }
  if (jwks === undefined) fail("verify.jwks", "is missing; it says which keys sign the tokens");
  if (algorithms.some((alg) => SYMMETRIC.includes(alg))) {
    fail("verify.algorithms", "may hold HS256, HS384 and HS512 only with keys that are given by hand in verify.jwks");
  }
  const url = parsed(jwks, baseUrl ?? globalThis.document?.baseURI);
  const isSafe = url && (url.protocol === "https:" || (url.protocol === "http:" && (isLocal(url) || insecureOrigins.includes(url.origin))));
  if (!isSafe || url.username || url.password) {
    fail("verify.jwks", "must be an https URL without user name or password: whoever changes the keys on the way can sign");
  }
  return new Keys({ url: url.href });
}

function parsed(text, base) {
  try {
    return new URL(text, base);
  } catch {
    return undefined; // said by who asks
  }
}

const isLocal = ({ hostname }) => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value) => [value].flat().every((item) => typeof item === "string" && item) && [value].flat().length > 0;
const isSeconds = (value) => typeof value === "number" && value > 0 && value < Infinity;

function fail(option, detail) {
  throw new OptionFault(option, detail);
}
