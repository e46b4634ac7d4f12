// What is known of the provider: its document is fetched, looked at, and kept for other tabs and for days without a network.

import { AuthError } from "../error.js";
import { onDemand } from "../lazy.js";
import { isText } from "../options.js";

const PREFIX = "hallpass/provider:";
/** Milliseconds after which a document is fetched again, if the provider can be reached. */
const FRESH = 86_400_000;

/** The provider of these options. */
export function providerOf(own) {
  const name = `${PREFIX}${own.issuer}`;
  const insecure = own.insecureOrigins.join(" ");
  let known;
  let fetching;

  const kept = () => {
    try {
      const found = JSON.parse(localStorage.getItem(name));
      const isPair = (one) => Array.isArray(one) && one.length === 2 && one.every(isText);
      // Its endpoints were looked at with these origins in mind.
      const isOurs = found?.insecure === insecure && Array.isArray(found.server) && found.server.every(isPair);
      return isOurs ? found : known;
    } catch {
      return known;
    }
  };

  /** The members that are believed, as a form. */
  const server = async () => {
    const before = own.endpoints ? known : kept();
    if (before && Math.abs(Date.now() - before.at) < FRESH) return before.server;
    const document = await onDemand("documentOf", () => import("./discovery.js"));
    fetching ??= document(own).finally(() => (fetching = undefined));
    try {
      known = { at: Date.now(), insecure, server: await fetching };
    } catch (error) {
      // What was right before goes on being right while nobody can be asked.
      if (before && error.code === "provider_unreachable") return before.server;
      throw error;
    }
    try {
      if (!own.endpoints) localStorage.setItem(name, JSON.stringify(known));
    } catch {
      // Blocked or full: it is asked for again in the next page.
    }
    return known.server;
  };

  return { server, endpoints: async () => Object.fromEntries(await server()) };
}

/** The network fails, or the provider does. */
export const unreachable = (words, members) => new AuthError("provider_unreachable", words, { retryable: true, ...members });
