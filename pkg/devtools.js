import { panelFor } from "./src/devtools/panel.js";

export function showDevtools(auth, { open = false } = {}) {
  if (!globalThis.document) return () => {};
  if (!auth?.then && !auth?.getSnapshot) throw new Error("showDevtools() got no client: give it what createAuth() returned.");
  const host = document.createElement("hallpass-devtools");
  let end;
  let isRemoved = false;
  Promise.resolve(auth).then(
    (client) => {
      if (!isRemoved) end = panelFor(client, host, open);
    },
    // The app hears of it from the promise itself.
    () => {},
  );
  document.body.append(host);
  return () => {
    isRemoved = true;
    end?.();
    host.remove();
  };
}
