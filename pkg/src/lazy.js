// Parts of the package that are loaded by those who need them: docs/decisions/0012.

import { AuthError } from "./error.js";

/** What is known of the file of each part: the part, once it was asked for; how often it did not come, and where it lies then. */
const files = {};

/**
 * The export of this name, of the module that `load` imports. What is here stays; what did not come is asked for again by who needs
 * it next.
 *
 * @throws {AuthError} `network_error`, retryable; `unsupported` in a service worker, where browsers load nothing so.
 */
export function onDemand(name, load) {
  const file = (files[name] ??= { failures: 0 });
  return (file.part ??= loaded(file, name, load));
}

async function loaded(file, name, load) {
  try {
    const { [name]: part } = await load().catch((error) => loadedAnew(file, error));
    if (part) return part;
    throw new SyntaxError("the file is cut short");
  } catch (cause) {
    file.part = undefined;
    const retryable = !globalThis.ServiceWorkerGlobalScope;
    const cure = retryable ? "try again, or load the page anew" : "a service worker needs it in one file with the rest";
    throw new AuthError(retryable ? "network_error" : "unsupported", `cannot load ${name}: ${cure}`, { cause, retryable });
  }
}

/** Firefox keeps a failure, and all browsers keep a file that they cannot read: under this URL it comes no more before the page is loaded anew. */
function loadedAnew(file, error) {
  file.failures += 1;
  const { url } = file;
  if (url) return import(/* webpackIgnore: true */ /* @vite-ignore */ `${url}${url.includes("?") ? "&" : "?"}again=${file.failures}`);
  file.url = urlIn(error);
  throw error;
}

/** Only the browser knows how the bundler has called the file: its message ends with that, or it says so beside. */
const urlIn = ({ message, fileName, sourceURL }) => /\S+:\/\/\S+$/.exec(message)?.[0] ?? fileName ?? sourceURL;
