import { checkClaims } from "./verify/claims.js";
import { Unavailable } from "./verify/keys.js";
import { Untrusted, objectIn, verifiedJws } from "./verify/jws.js";
import { OptionFault, checkedOptions } from "./verify/options.js";

/** How a stored session is delivered to the engine: it is there, is not to be believed, or nobody can say just now. */
const [THERE, REFUSED, NOT_NOW] = [1, 2, 3];

/**
 * The guard of a client whose option `verify` is set: stands between the shell and the engine, and lets no access token pass that
 * it has not verified: of an answer, of the store, of another tab.
 *
 * @throws {AuthError} `config_invalid`, `unsupported`.
 */
export function guardOf(options, AuthError) {
  if (!globalThis.crypto?.subtle) {
    throw new AuthError("unsupported", "verify needs WebCrypto, which browsers have on https and localhost only");
  }
  let checked;
  try {
    checked = checkedOptions(options);
  } catch (error) {
    if (!(error instanceof OptionFault)) throw error;
    const { option, message } = error;
    throw new AuthError("config_invalid", `option ${option}: ${message}`, { option });
  }
  const { keys, ...wanted } = checked;
  const check = async (token, now, isNew) => {
    const { header, payload } = await verifiedJws(token, keys, wanted.algorithms);
    checkClaims(header, objectIn(payload, "payload"), wanted, now, isNew);
  };
  return (deliver, kinds) => new Guard(deliver, kinds, keys, check);
}

class Guard {
  #deliver;
  #kinds;
  #keys;
  #check;
  /** What comes from the store or from other tabs is delivered in the order in which it came. */
  #queue = Promise.resolve();

  constructor(deliver, kinds, keys, check) {
    this.#deliver = deliver;
    this.#kinds = kinds;
    this.#keys = keys;
    this.#check = check;
    // Likely to be needed soon; who needs it then is told if it fails.
    keys.ready().catch(() => {});
  }

  /** Before a request whose answer brings a token: an answer that cannot be verified would cost a refresh token. */
  async ready() {
    await this.#keys.ready().catch((error) => {
      // A set that is there and is refused is told of with the token.
      if (error instanceof Unavailable) throw error;
    });
  }

  /** In place of the engine's own ear. */
  deliver(kind, id, payload) {
    const { ANSWERED, LOADED, MESSAGE, ADOPT } = this.#kinds;
    if (kind === ANSWERED && payload) {
      void this.#answered(kind, id, payload, 7);
    } else if (kind === ADOPT) {
      void this.#answered(kind, id, payload, 1);
    } else if (kind === LOADED || kind === MESSAGE) {
      this.#queue = this.#queue.then(() => (kind === LOADED ? this.#loaded(id, payload) : this.#message(id, payload)));
    } else {
      return this.#deliver(kind, id, payload);
    }
  }

  /** The access token in an answer or a stored record, and the server's time. Of an engine that is gone: nothing. */
  #tokenIn(text, isStored) {
    return this.#deliver(this.#kinds.TOKEN_IN, isStored ? 1 : 0, text) ?? [];
  }

  /** Why the token is refused, or `undefined`. */
  async #verdict(token, now, isNew) {
    try {
      await this.#check(token, now, isNew);
    } catch (error) {
      if (error instanceof Untrusted) return error.message;
      throw error;
    }
  }

  /** `place`: where the answer tells why it is refused; its body stands before that. */
  async #answered(kind, id, answer, place) {
    const [token, now] = this.#tokenIn(answer[place - 1], false);
    try {
      if (token) answer[place] = await this.#verdict(token, (place > 1 && answer[2]) || now, true);
    } catch (error) {
      answer[place] = error.message;
    }
    this.#deliver(kind, id, answer);
  }

  async #loaded(id, record) {
    let outcome = id;
    try {
      const [token, now] = record ? this.#tokenIn(record, true) : [];
      if (token && (await this.#verdict(token, now, false))) outcome = REFUSED;
    } catch {
      outcome = NOT_NOW;
    }
    this.#deliver(this.#kinds.LOADED, outcome, outcome === THERE ? record : undefined);
  }

  async #message(times, message) {
    const [, now] = this.#tokenIn("", false);
    const isGood = await this.#verdict(message[6], now, false).then((why) => !why, () => false);
    // What it says beside the token still counts.
    this.#deliver(this.#kinds.MESSAGE, times, isGood ? message : message.slice(0, 6));
  }
}
