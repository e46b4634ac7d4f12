/** By it `init` names what sends a call in place of `fetch`: as in `src/browser/plain.js`, which would be cut in two if it were asked from here. */
export const TRANSPORT = Symbol.for("hallpass.transport");
