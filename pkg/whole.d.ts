/**
 * `hallpass/whole`: the same client with the engine in it, for service workers, where the browser lets nothing be loaded later.
 *
 * @module hallpass/whole
 */
export * from "./index.js";
