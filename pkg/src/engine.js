// The engine with what it needs in a browser: the chunk that loads beside an app.

import { instantiateInlined } from "./inlined.js";
import { loadOnce } from "./load.js";
import { openShell as openBy } from "./opening.js";

export const openShell = async (options, asked) => openBy(await loadOnce(instantiateInlined), options, asked);
