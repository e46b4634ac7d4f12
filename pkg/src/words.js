// A wrong option, as an error in words. They are loaded when they are needed.

import { configError } from "./error.js";
import { onDemand } from "./lazy.js";

/** What is wrong with an option is thrown as a list: here it becomes an `AuthError`. */
export async function inWords(act) {
  try {
    return await act();
  } catch (fault) {
    throw Array.isArray(fault) ? await misconfigured(...fault) : fault;
  }
}

async function misconfigured(option, ...fault) {
  const wordsOf = await onDemand("wordsOf", () => import("./faults.js")).catch(() => () => "is wrong");
  return configError(option, wordsOf(option, ...fault));
}
