// The end of the session at the provider.

import { decide } from "./decide.js";
import { random } from "./random.js";
import { urlOf } from "./address.js";
import { checkWishes, kept } from "./begin.js";
import { go, soon } from "./go.js";

/**
 * Goes to the provider, once the session has ended here; `left()` hears that it does. What is not revoked in time is so at the next start.
 * `params` are the provider's own, beside those of the standard or in their place.
 */
export async function leave({ own, provider }, ended, wishes, left, params = {}) {
  checkWishes({ params });
  const server = await provider.server();
  const state = `hallpass.${random()}`;
  const { key, clientId } = own;
  const answer = await decide("leave", [
    Object.entries({ key, client_id: clientId, origin: location.origin }),
    server,
    Object.entries(wishes),
    Object.entries({ state, now: Date.now() }),
  ]);
  const standard = await kept(state, answer);
  const { state: _, ...further } = params;
  const query = [...standard.filter(([name]) => !Object.hasOwn(further, name)), ...Object.entries(further)];
  await soon(ended);
  const { end_session_endpoint } = Object.fromEntries(server);
  left();
  if (query.some(([name]) => name === "hallpass.post")) return submit(end_session_endpoint, query);
  await go(urlOf(end_session_endpoint, query));
}

/** Too long for an address. */
function submit(url, query) {
  const form = document.createElement("form");
  Object.assign(form, { method: "POST", action: url, hidden: true });
  for (const [name, value] of query) if (!name.startsWith("hallpass.")) form.append(Object.assign(document.createElement("input"), { name, value }));
  document.body.append(form);
  form.submit();
}
