// `createAuth`: looks at the options, loads what they need, and opens a client.

import { clientOf } from "./client.js";
import { AuthError, makeError } from "./error.js";
import { onDemand } from "./lazy.js";
import { checked, listed, needsHeaderCheck, needsTranslator } from "./options.js";
import { giveBack, isTaken, take } from "./owners.js";

/** Makes a client on a shell that `open` gives. */
export const create = (open, options) =>
  inWords(async () => {
    const { sso } = checked(options);
    if (sso === undefined) return make(open, options);
    const signingIn = await onDemand("signingIn", () => import("./sso.js"));
    return signingIn(options, (forEngine) => make(open, checked(forEngine)));
  });

async function make(open, options) {
  const { key = "default", storage, verify, isSignedOut, csrf, endpoints } = options;
  const guard = verify && (await onDemand("guardOf", () => import("./verify.js")))(options, AuthError);
  const isWrapped = verify || storage === "sealed";
  const store = isWrapped ? (await onDemand("storeOf", () => import("./store.js")))(options) : storage;
  const isTranslated = needsTranslator(options);
  if (isTranslated || needsHeaderCheck(options)) (await onDemand("checkHeaders", () => import("./headers.js")))(options, AuthError);
  const translator = isTranslated ? await translatorOf(options) : undefined;
  // On a page by plain http, and in older browsers.
  const lease = globalThis.navigator?.locks ? undefined : await onDemand("lease", () => import("../dist/lease.js"));
  const makeTranslator = async () => translator ?? translatorOf(options);
  const list = listed(options, translator);

  // From here to `take` nothing waits, or two copies could both find the key free.
  if (isTaken(key)) throw ["key", true];
  const parts = [makeError, isSignedOut, store, guard, lease, translator, makeTranslator, csrf?.responseHeader];
  const shell = open(list, parts, typeof store === "object");
  // What the core finds wrong: the option, and the number of the fault.
  if (Array.isArray(shell)) throw shell;
  take(key);
  const client = clientOf(shell, endpoints?.login || undefined, makeTranslator, inWords, () => giveBack(key));
  try {
    await shell.ready();
  } catch (error) {
    client.dispose();
    throw error;
  }
  return client;
}

const translatorOf = async (options) => (await onDemand("translatorOf", () => import("./contracts.js")))(options);

/** What is wrong with an option is thrown as a list; its words are loaded when they are needed. */
async function inWords(act) {
  try {
    return await act();
  } catch (fault) {
    throw Array.isArray(fault) ? await misconfigured(...fault) : fault;
  }
}

async function misconfigured(option, ...fault) {
  const wordsOf = await onDemand("wordsOf", () => import("./faults.js")).catch(() => () => "is wrong");
  return new AuthError("config_invalid", `option ${option}: ${wordsOf(option, ...fault)}`, { option });
}
