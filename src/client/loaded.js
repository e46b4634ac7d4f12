// What a Rust app's options need beside the engine: files of the npm package, each loaded by who needs it. Errors are those of the package.

import { AuthError, configError, isAuthError } from "../../pkg/src/error.js";
import { onDemand } from "../../pkg/src/lazy.js";
import { makeError as errorOf } from "../../pkg/src/made.js";
import { inWords } from "../../pkg/src/words.js";

/** A request, as the messages of errors name it. */
const REQUEST = /\([A-Z]+ \/[^ :)]*/;

/**
 * Out of a list, as the core gives it to a Rust app: at its end, what there is to say beyond the code. The message may name the method that
 * the endpoint has by its contract.
 */
export function makeError(code, message, members) {
  const [named] = REQUEST.exec(message) ?? [];
  return Object.assign(errorOf(code, message, members), { detail: named ? members[8].replace(REQUEST, () => named) : members[8] });
}

/** Code, status, retryAfter, serverCode, serverMessage, option, reason, body, detail; `undefined` for what is no error of the package. */
export function partsOf(error) {
  if (!isAuthError(error)) return undefined;
  const { code, status, retryAfter, serverCode, serverMessage, option, reason, body, message } = error;
  // Of one that JavaScript made, the words behind the option.
  const { detail = option ? message.slice(`option ${option}`.length) : `: ${message}` } = error;
  return [code, status, retryAfter, serverCode, serverMessage, option, reason, body, detail];
}

const translatorOf = async (options) => (await onDemand("translatorOf", () => import("../../pkg/src/contracts.js")))(options);

/** The parts that stand beside the engine: guard, store, translator, what makes one; and whether a cookie renews. */
export const load = (options, isTranslated, namesHeaders) =>
  inWords(async () => {
    const { storage, verify } = options;
    const guard = verify && (await onDemand("guardOf", () => import("../../pkg/src/verify.js")))(options, AuthError);
    const isWrapped = verify || storage === "sealed";
    const store = isWrapped ? (await onDemand("storeOf", () => import("../../pkg/src/store.js")))(options) : storage;
    if (isTranslated || namesHeaders) {
      (await onDemand("checkHeaders", () => import("../../pkg/src/headers.js")))(options, configError);
    }
    const translator = isTranslated ? await translatorOf(options) : undefined;
    return [guard, typeof store === "object" ? store : undefined, translator, async () => translator ?? translatorOf(options), translator?.byCookie];
  });

/** Once it is known who is signed in. */
export const begin = (shell, options) =>
  inWords(() => {
    shell.wrongPath = (...seen) => onDemand("wrongPath", () => import("../../pkg/src/wrong-path.js")).then((tell) => tell(options, ...seen), () => {});
    shell.translator?.resolve(shell.base(), shell.lists);
    return shell.ready();
  });

/** `given`: JSON, or a form; `endpoint`: another one than the usual. */
export const login = (shell, options, given, isForm, endpoint, signal) =>
  inWords(async () => {
    const usual = options.endpoints.login || {};
    let [json, form] = [given];
    if (isForm) [json, form] = (await onDemand("credentialsOf", () => import("../../pkg/src/credentials.js")))(given, endpoint ?? usual);
    if (endpoint === undefined) return shell.login(json, form, undefined, signal);
    await shell.ready();
    return shell.login(json, form, endpoint, signal, shell.translator ?? (await translatorOf(options)));
  });
