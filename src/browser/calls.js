// The calls that are open: what each waits with, and how it ends.

import { GONE } from "./kinds.js";
import { pageFetch, through } from "./network.js";

export function callsOf(shell) {
  let last = 0;
  const open = new Map();

  return {
    /** A call that sends nothing by itself. */
    call(kind, payload, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const id = shell.openCall({ resolve, reject, kind }, signal);
        shell.deliver(kind, id, payload);
      });
    },

    openCall(call, signal) {
      const id = ++last;
      open.set(id, call);
      call.abort = () => {
        // A `fetch` that is out says it itself.
        if (call.isOut || !shell.closeCall(id)) return;
        shell.deliver(GONE, id);
        // One that is aborted before it began sends nothing, and fails in the browser's own way.
        if (call.request) through(pageFetch(), [call.request.url, { signal }]).then(call.resolve, call.reject);
        else call.reject(signal.reason);
      };
      call.signal = signal;
      signal?.addEventListener("abort", call.abort);
      return id;
    },

    callOf: (id) => open.get(id),

    /** The call, if it is still open. */
    closeCall(id) {
      const call = open.get(id);
      open.delete(id);
      call?.signal?.removeEventListener("abort", call.abort);
      return call;
    },

    settle(id, value) {
      shell.closeCall(id)?.resolve(value);
    },

    /** The answer that the call holds is the caller's, or what it failed with. */
    settleAnswer(id) {
      const call = shell.closeCall(id);
      if (call?.error === undefined) call?.resolve(call.answer);
      else call.reject(call.error);
    },

    fail(id, code, message, members) {
      const call = shell.closeCall(id);
      call?.reject(shell.makeError(code, shell.translator?.named(message, call.kind, shell.signingIn) ?? message, members));
    },
  };
}
