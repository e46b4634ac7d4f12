// Parts of the package that are loaded by those who need them: docs/decisions/0012.

import { AuthError } from "./error.js";
import { inTime } from "./wait.js";

/** Milliseconds that a file may take. */
const PATIENCE = 60_000;

/** What is known of the file of each part: the part, once it was asked for; and its URL, once it did not come. */
const files = {};

/**
 * The export of this name, of the module that `load` imports. What is here stays; what did not come is asked for again by who needs
 * it next.
 *
 * @throws {AuthError} `network_error`, retryable; `unsupported` in a service worker, where browsers load nothing so.
 */
export function onDemand(name, load) {
  const file = (files[name] ??= {});
  return (file.part ??= loaded(file, name, load));
}

async function loaded(file, name, load) {
  try {
    const loading = load().catch((error) => loadedAnew(file, error));
    const { [name]: part } = await inTime(loading, PATIENCE, () => new Error("too late"));
    if (part) return part;
    throw new SyntaxError("cut short");
  } catch (cause) {
    file.part = undefined;
    const retryable = !globalThis.ServiceWorkerGlobalScope;
    const words = retryable ? "try again, or reload the page" : "a service worker needs hallpass/whole";
    throw new AuthError(retryable ? "network_error" : "unsupported", `cannot load ${name}: ${words}`, { cause, retryable });
  }
}

/** Firefox keeps a failure, and all browsers keep a file that they cannot read: under this URL it comes no more before the page is loaded anew. */
function loadedAnew(file, error) {
  if (!file.url) {
    file.url = urlIn(error);
    throw error;
  }
  // Each attempt has a URL of its own.
  file.url += file.url.includes("?") ? "&again" : "?again";
  return import(/* webpackIgnore: true */ /* @vite-ignore */ file.url);
}

/** Only the browser knows how the bundler has called the file: its message ends with that, or it says so beside. */
const urlIn = ({ message, fileName, sourceURL }) => /\S+:\/\/\S+$/.exec(message)?.[0] ?? fileName ?? sourceURL;
