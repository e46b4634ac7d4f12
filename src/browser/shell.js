// The shell: carries out the engine's effects and delivers its inputs. Here its parts are put together, each of which is a file of one job,
// with a state of its own that no other sees. What decides something says so: `pass.js`, `csrf.js`, `doubt.js`.

import { callsOf } from "./calls.js";
import { channelOf } from "./channel.js";
import { csrfOf } from "./csrf.js";
import { fetchingOf } from "./fetching.js";
import { ADOPT, ANSWERED, CLAIMS, JOURNAL, LOADED, LOGOUT, MESSAGE, READY, REFRESH, RELEASE, SNAPSHOT, TOKEN, TOKEN_IN } from "./kinds.js";
import { listenersOf } from "./listeners.js";
import { lockOf } from "./lock.js";
import { loginOf } from "./login.js";
import { watchPage } from "./page.js";
import { passOf } from "./pass.js";
import { requestsOf } from "./requests.js";
import { siteOf } from "./site.js";
import { storeOf } from "./store.js";
import { timerOf } from "./time.js";

/** As the engine says it. */
const DISPOSED = "the client has been disposed of; create a new one";

/**
 * `ear(kind, id, payload)` is the engine's: it never throws, and may be called from anywhere. `baseUrl` is the option. `header`: the name of
 * the token's header. `longestHold`: milliseconds for which the lock may be held.
 *
 * The parts of the list are the app's or the package's, and all but the first may be missing: what makes errors, the app's rule and its store, what
 * verifies tokens on their way to the engine, what takes the place of Web Locks, what stands between the engine's requests and the network if the
 * server wants or answers something else than usual, what loads that, the header of answers that brings the CSRF token, and the answer to the first question, if it was asked before.
 */
export function shellOf(ear, key, baseUrl, header, longestHold, [makeError, rule, store, guardOf, lease, translator, loadTranslator, tokenHeader, asked]) {
  const stop = new AbortController();
  /** Of an engine that is gone there is nothing to be heard. */
  let isGone = false;
  const heard = (...what) => (isGone ? undefined : ear(...what));
  const guard = guardOf?.(heard, { ANSWERED, LOADED, MESSAGE, TOKEN_IN, ADOPT });
  const deliver = guard ? (...what) => guard.deliver(...what) : heard;
  const name = `hallpass:${key}`;
  // Who signs in at an endpoint that has a contract of its own has a translator from then on.
  const shell = { deliver, stopped: stop.signal, name, baseUrl, header, longestHold, makeError, rule, store, guard, lease, translator, loadTranslator, tokenHeader, asked };
  for (const part of [callsOf, channelOf, csrfOf, fetchingOf, listenersOf, lockOf, loginOf, passOf, requestsOf, siteOf, storeOf, timerOf]) {
    Object.assign(shell, part(shell));
  }
  return Object.assign(shell, {
    listen: () => watchPage(shell, stop.signal),

    /** Stops listening. What is under way goes on: a call that is out gets its own answer. */
    close() {
      stop.abort(makeError("disposed", DISPOSED, [null, false]));
      shell.closeChannel();
      shell.clearListeners();
      shell.admit(0);
    },
    /** Nothing of the engine's is under way any more. */
    end() {
      isGone = true;
      shell.arm();
      shell.unlock();
    },
    isOver: () => stop.signal.aborted,

    // What the app asks for.
    ready: () => shell.call(READY),
    logout: () => shell.call(LOGOUT),
    refresh: () => shell.call(REFRESH),
    token: () => shell.call(TOKEN),
    /** The state as a list, if its version is not the one that is known. */
    snapshot: (version) => deliver(SNAPSHOT, version),
    claims: () => deliver(CLAIMS, 0),
    journal: () => deliver(JOURNAL, 0),
    /** A client is disposed of; the last one stops the engine. */
    release: () => deliver(RELEASE, 0),
  });
}
