// The reference backend, with faults.
import { startServer } from "../../packaging/lib/server.js";

/** Runs until `close`. */
export async function startBackend() {
  const { origin, close } = await startServer({ args: ["--faults"] });
  const fault = (what, method, body) =>
    fetch(`${origin}/_faults/default${what}`, { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" } });
  return {
    origin,
    close,
    /** Faults for the paths that they name; `[]` ends them. */
    rules: (rules) => fault("/rules", "PUT", rules),
    /** Every session is over. */
    revoke: () => fault("/revoke", "POST"),
    /** What came to `/auth` and `/api`, by the backend's README. */
    log: async () => (await fault("/log", "GET")).json(),
    /** Every session is over, every fault gone. */
    reset: () => fault("", "DELETE"),
  };
}
