// The same with the engine in it: for service workers, where the browser lets nothing be loaded later.
export * from "./index.js";
