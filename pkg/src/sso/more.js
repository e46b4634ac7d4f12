// What few apps have of a sign-in: `sso.apis` and `sso.dpop`. Each is a file of its own.

import { renewal } from "./renewal.js";

/**
 * For these options, of which those for the engine are made. `open` makes a client. `tools` are what each page has already: imported from here, or
 * from what this loads, they would cut the first files of a page in more pieces. Throws for what is wrong with the options.
 */
export async function moreOf(given, providers, open, tools) {
  const { extended, onDemand, marked } = tools;
  const have = (member) => [...providers.values()].some(({ own }) => own[member]);
  const bound = have("dpop") ? await (await onDemand("boundOf", () => import("./bound.js")))(given, providers, tools) : undefined;
  const { options = given } = bound ?? {};
  const apis = have("apis") ? (await onDemand("apisOf", () => import("./apis.js")))(options, providers, open, tools) : undefined;
  return {
    options,
    bound,
    renew: renewal(apis, bound, marked),
    drop: () => apis?.drop(),
    leave: () => apis?.leave(),
    /** The client, once what was stored is looked at, with what it does in another way. */
    async around(client) {
      await bound?.begin(client);
      const plain = extended(client, apis?.join(client));
      return extended(plain, bound?.around(plain));
    },
  };
}
