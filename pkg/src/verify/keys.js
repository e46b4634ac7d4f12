import { textOf } from "../bounded.js";
import { fits, isSymmetric } from "./algorithms.js";
import { encoded } from "./base64url.js";
import { objectIn, refuse } from "./jws.js";

/** The key set cannot be had just now. */
export class Unavailable extends Error {}

/** Milliseconds that a request for the key set may take. */
const PATIENCE = 5_000;
/** A key that is not in the set makes it be fetched again, but not more often than that, in ms. */
const COOL_DOWN = 30_000;
/** A set that is older is fetched again, so that a key which has been taken out does not count for ever, in ms. */
const LIFETIME = 600_000;
const MOST_KEYS = 100;
const LONGEST_SET = 1_048_576;

/** Members that only the owner of a key may know (RFC 7518 §6). */
const SECRET = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const isSecret = (jwk) => SECRET.some((name) => Object.hasOwn(jwk, name));

/** A JWK Set (RFC 7517 §5): given by the app, or at a URL. */
export class Keys {
  #url;
  #keys;
  #fetchedAt;
  #soughtAt = -Infinity;
  #fetching;

  /** `given`: the keys; else `url`, where they are. */
  constructor({ given, url }) {
    this.#keys = given;
    this.#url = url;
  }

  /** Fetches the set, if it is at a URL and not here yet. */
  async ready() {
    if (!this.#keys) await this.#fetch("default");
  }

  /** The one key of the set that is for this algorithm and has this `kid`. */
  async find(alg, kid) {
    await this.ready();
    if (this.#isOld()) await this.#renew();
    let found = await this.#among(alg, kid);
    // The server may have a new key since.
    if (!found.length && this.#maySeek()) {
      this.#soughtAt = performance.now();
      await this.#renew();
      found = await this.#among(alg, kid);
    }
    if (!found.length) refuse("the key set has no key for it");
    // Which one is meant is a guess, and an attacker's chance.
    if (found.length > 1) refuse("the key set has several keys for it; give each a kid of its own");
    return found[0];
  }

  async #among(alg, kid) {
    const isGiven = !this.#url;
    if (isSymmetric(alg) && !isGiven) return [];
    const fitting = this.#keys.filter((jwk) => fits(jwk, alg, isGiven));
    if (kid === undefined) return fitting;
    const names = await Promise.all(fitting.map((jwk) => jwk.kid ?? thumbprint(jwk)));
    return fitting.filter((_, index) => names[index] === kid);
  }

  #isOld() {
    return this.#url && performance.now() - this.#fetchedAt > LIFETIME;
  }

  #maySeek() {
    return this.#url && performance.now() - this.#soughtAt > COOL_DOWN;
  }

  /** What was fetched before goes on being good where the server is away. */
  async #renew() {
    try {
      await this.#fetch("no-cache");
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      // Not with each token, while it is away.
      this.#fetchedAt = performance.now() - LIFETIME + COOL_DOWN;
    }
  }

  #fetch(cache) {
    this.#fetching ??= this.#load(cache).finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  async #load(cache) {
    let text;
    try {
      // A page that starts offline finds what the browser has kept of earlier days.
      text = await this.#request(cache).catch((error) => (this.#keys ? Promise.reject(error) : this.#request("force-cache")));
    } catch (error) {
      throw new Unavailable(`the key set at ${this.#url} cannot be fetched`, { cause: error });
    }
    this.#keys = publicKeys(text);
    this.#fetchedAt = performance.now();
  }

  async #request(cache) {
    const response = await fetch(this.#url, {
      cache,
      credentials: "omit",
      redirect: "error",
      headers: { Accept: "application/jwk-set+json, application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const text = await textOf(response, LONGEST_SET);
    if (text === undefined) throw new Error("over 1 MiB");
    return text;
  }
}

/** What names a key that has no name of its own (RFC 7638 §3), of its required members in their order. */
async function thumbprint({ kty, crv, e, k, n, x, y }) {
  const members = JSON.stringify({ crv, e, k, kty, n, x, y });
  return encoded(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(members))));
}

function publicKeys(text) {
  const keys = keysOf(objectIn(new TextEncoder().encode(text), "key set"));
  if (!keys) refuse("the key set is not a JWK Set (RFC 7517 §5)");
  // Whoever can read the set could sign.
  if (keys.some(isSecret)) refuse("the key set shows a private or symmetric key to everybody");
  return keys;
}

/** The keys of a JWK Set, or `undefined` if it is none. Of a kind that is not known they are passed over, as RFC 7517 §5 wants it. */
export function keysOf(set) {
  const keys = set?.keys;
  if (!Array.isArray(keys) || keys.length > MOST_KEYS) return undefined;
  return keys.every((jwk) => typeof jwk === "object" && jwk !== null) ? keys : undefined;
}

/** What is wrong with a set that the app gives, or `undefined`. */
export function faultOf(set, algorithms) {
  const keys = keysOf(set);
  if (!keys?.length) return "must be the URL of a JWK Set, or one with at least one key";
  const symmetric = keys.filter((jwk) => jwk.kty === "oct").length;
  if (symmetric && symmetric < keys.length) return "mixes symmetric keys with others";
  if (!symmetric && keys.some(isSecret)) return "holds a private key; a page needs the public one only";
  const secret = algorithms.filter(isSymmetric).length;
  if (secret && !symmetric) return "holds no symmetric key, as verify.algorithms wants it";
  return undefined;
}
