// `createAuth` of the default import. The engine is a chunk of its own, and is not waited for where nothing has to be decided:
// docs/decisions/0021.

import { askedEarly } from "./asked.js";
import { clientOf } from "./client.js";
import { onDemand } from "./lazy.js";
import { checked } from "./options.js";
import { requirePlatform } from "./platform.js";
import { provided } from "./provided.js";
import { leaving, startingShell } from "./starting.js";
import { storedState } from "./stored.js";
import { inWords } from "./words.js";

/** Who has an engine asks it. */
let hasEngine = false;

export const createAuth = async (options) => provided(await inWords(() => checked(options)), start);

async function start(options) {
  requirePlatform();
  const before = leaving;
  const stored = hasEngine ? undefined : storedState(options, Date.now());
  const asked = hasEngine ? undefined : askedEarly(options);
  const open = async () => {
    const openShell = await onDemand("openShell", () => import("./engine.js"));
    await before;
    const shell = await inWords(() => openShell(options, asked));
    hasEngine = true;
    return shell;
  };
  return clientOf(stored ? startingShell(stored, open, options) : await open(), options);
}
