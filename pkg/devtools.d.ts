/**
 * `hallpass/devtools`: what the client does, and what it does when something fails, as a panel in your page. For development.
 *
 * @module hallpass/devtools
 */
import type { AuthClient } from "./index.js";

/** How the panel begins. */
export interface DevtoolsOptions {
  /** Whether it is unfolded. Default `false`: one line at the lower edge of the page. */
  open?: boolean | undefined;
}

/**
 * Adds `<hallpass-devtools>` to the page: the state, the life of the access token, the journal, and buttons by which requests of this page fail.
 * What they do ends with the page: nothing is stored, and no server is told. It has a shadow root; styles of the app do not reach it.
 *
 * `auth` is what `createAuth` returned: the client or the promise of one. On a server it does nothing.
 *
 * @returns what removes it, and ends all faults.
 * @throws {Error} without a client.
 * @example
 * if (import.meta.env.DEV) void import("hallpass/devtools").then(({ showDevtools }) => showDevtools(auth));
 */
export declare function showDevtools(auth: AuthClient<unknown> | PromiseLike<AuthClient<unknown>>, options?: DevtoolsOptions): () => void;
