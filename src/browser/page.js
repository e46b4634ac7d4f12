// The page and the device: what happens to them, and the storage that they have.

import { HIDDEN, ONLINE, RELOADED, RESTORED, STORE_CHANGED, VISIBLE } from "./kinds.js";

/** Delivers it until `signal` ends it. The channel between tabs is open only while the page is there. */
export function watchPage(shell, signal) {
  const { deliver } = shell;
  const on = (target, name, listener) => target?.addEventListener?.(name, listener, { signal });
  shell.openChannel();
  if (performance.getEntriesByType?.("navigation")[0]?.type === "reload") deliver(RELOADED, 0);
  on(globalThis, "online", () => deliver(ONLINE, 0));
  on(globalThis, "pageshow", (event) => {
    shell.openChannel();
    if (event.persisted) deliver(RESTORED, 0);
  });
  // An open channel would keep the page out of the back/forward cache.
  on(globalThis, "pagehide", () => {
    deliver(HIDDEN, 0);
    shell.closeChannel();
  });
  const look = () => document.visibilityState === "visible" && deliver(VISIBLE, 0);
  on(globalThis.document, "visibilitychange", look);
  // Page Lifecycle: a page that was frozen while it could be seen.
  on(globalThis.document, "resume", look);
  // A message may come before what the other tab wrote can be read; this comes after.
  on(globalThis, "storage", (event) => {
    if (event.key === null || event.key === shell.name) deliver(STORE_CHANGED, 0);
  });
}

/** The Web Storage of this name, if there is one: where it is blocked, to look at it throws. */
export function webStorage(name) {
  try {
    return globalThis[name] ?? undefined;
  } catch {
    return undefined;
  }
}
