// Of the shell, what the package's start needs as well, before the rest is there.

export { decoded } from "./base64url.js";
export { NO_FETCH, cameBack, fetchBelow, lookAtFetch, pageFetch, through } from "./network.js";
export { report } from "./report.js";
export { TRANSPORT, carries, isPlain, isText, plainInit, rootIn } from "./plain.js";
