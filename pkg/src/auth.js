// `createAuth` where the engine is at hand.

import { clientOf } from "./client.js";
import { openShell } from "./opening.js";
import { checked } from "./options.js";
import { provided } from "./provided.js";
import { inWords } from "./words.js";

/** Makes a client on a shell that `open` gives. */
export const create = (open, options) =>
  inWords(() => provided(checked(options), async (complete) => clientOf(await openShell(open, complete), complete)));
