// The engine with what it needs in a browser: the chunk that loads beside an app.

import { instantiateBeside, instantiateInlined } from "./inlined.js";
import { loadOnce } from "./load.js";
import { openShell as openBy } from "./opening.js";

/** `isAwaited`: the page shows nothing before. */
export const openShell = async (options, asked, isAwaited) =>
  openBy(await loadOnce(isAwaited ? instantiateInlined : instantiateBeside), options, asked);
