// `createAuth` where the engine is at hand.

import { clientOf } from "./client.js";
import { openShell } from "./opening.js";
import { checked } from "./options.js";
import { inWords } from "./words.js";

/** Makes a client on a shell that `open` gives. */
export const create = (open, options) => inWords(async () => clientOf(await openShell(open, checked(options)), options));
