// Opens the engine's shell: loads what the options need beside the engine, and sees to it that one copy of the package has a key.

import { AuthError, configError } from "./error.js";
import { onDemand } from "./lazy.js";
import { listed } from "./list.js";
import { makeError } from "./made.js";
import { needsHeaderCheck, needsTranslator } from "./options.js";
import { giveBack, isTaken, take } from "./owners.js";
import { stampOf } from "./stored.js";
import { translatorOf } from "./translator.js";

const isServer = !globalThis.document && !globalThis.WorkerGlobalScope;

/**
 * The shell, once it is known who is signed in. `open`: what makes one. `asked`: the answer to `me` that was asked for before.
 * Throws a list for an option that is wrong.
 */
export async function openShell(open, options, asked) {
  const { mode, key = "default", storage, verify, isSignedOut, csrf } = options;
  const guard = verify && (await onDemand("guardOf", () => import("./verify.js")))(options, AuthError);
  const isWrapped = verify || storage === "sealed";
  const store = isWrapped ? (await onDemand("storeOf", () => import("./store.js")))(options) : storage;
  const isTranslated = needsTranslator(options);
  if (isTranslated || needsHeaderCheck(options)) (await onDemand("checkHeaders", () => import("./headers.js")))(options, configError);
  const translator = isTranslated ? await translatorOf(options) : undefined;
  // On a page by plain http, and in older browsers. Tokens in memory are shared with no other tab.
  const isAlone = mode === "jwt" && (storage ?? "memory") === "memory";
  const lease = globalThis.navigator?.locks || isAlone ? undefined : await onDemand("lease", () => import("../dist/lease.js"));
  const makeTranslator = async () => translator ?? translatorOf(options);
  const list = listed(options, translator);

  // From here to `take` nothing waits, or two copies could both find the key free.
  if (isTaken(key)) throw ["key", true];
  const parts = [makeError, isSignedOut, store, guard, lease, translator, makeTranslator, csrf?.responseHeader, asked];
  const opened = open(list, stampOf(options), parts, typeof store === "object");
  // What the core finds wrong: the option, and the number of the fault.
  if (Array.isArray(opened)) throw opened;
  take(key);
  opened.wrongPath = (...seen) => onDemand("wrongPath", () => import("./wrong-path.js")).then((tell) => tell(options, ...seen), () => {});
  const shell = Object.create(opened);
  shell.release = () => {
    opened.release();
    giveBack(key);
  };
  try {
    translator?.resolve(shell.base(), shell.lists);
    await shell.ready();
    if (isServer) (await onDemand("forOne", () => import("./for-one.js")))(shell, AuthError);
  } catch (error) {
    shell.release();
    throw error;
  }
  return shell;
}
