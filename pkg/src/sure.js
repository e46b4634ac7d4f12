// What an engine accepts for sure, so that a page which has nothing stored need not wait to hear so. Of all else the engine has to say.

import { isTaken } from "./owners.js";

const KEY = /^[ -~]{1,128}$/;
const PATH = /^\/(?!\/)[\w./-]*$/;
/** Of names that need no parser: no address, no letters beyond ASCII. */
const ORIGIN = /^https:\/\/(?!.*xn--)([a-z0-9-]+\.)*[a-z][a-z0-9-]*(:\d{1,4})?$/;
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])$/;

const any = () => true;
const seconds = (value) => value >= 0.1 && value <= 86_400;

/** By option, whether its value is right whatever the others are. */
const SURE = {
  mode: any,
  storage: any,
  fields: any,
  timedRefresh: any,
  idempotencyKey: any,
  shareAcrossTabs: any,
  key: (key) => KEY.test(key),
  baseUrl: (url) => ORIGIN.test(url),
  origins: (origins) => origins.every((origin) => ORIGIN.test(origin)),
  endpoints: (endpoints) => Object.values(endpoints).every((path) => !path || PATH.test(path)),
  leeway: seconds,
  timeout: seconds,
};

/** Whether it accepts these options, which are each of its kind. */
export const areSure = (options) =>
  Object.entries(options).every(([name, value]) => value === undefined || SURE[name]?.(value)) &&
  (options.baseUrl || isSecure()) &&
  // Without locks it needs a file more, which may not come.
  Boolean(navigator.locks);

/** Whether the page may hold a token. */
const isSecure = () => location.protocol === "https:" || (location.protocol === "http:" && LOCAL.test(location.hostname));

/** Whether there can be an engine of this key: WebAssembly, a policy that lets it be compiled, and no other copy of the package. */
export function canOpen({ key = "default" }) {
  try {
    return Boolean(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))) && !isTaken(key);
  } catch {
    return false;
  }
}
