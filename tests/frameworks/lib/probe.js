// A page with a framework, the bindings and the engine within reach of `page.evaluate`.
import { install } from "./project.js";
import { visit } from "./visit.js";
import { openWorld } from "./world.js";

/**
 * `open(t)` gives a fresh page, which may not complain; `openQuiet(t)` gives `{ page, complaints }` of one that may.
 * `own` names further files of `apps/`.
 */
export async function startProbe(framework, { aliases, own = [], plugins } = {}) {
  const hallpass = await install(aliases);
  const world = await openWorld(hallpass, "probe", {
    own: [`${framework}-probe.js`, "clients.js", ...own],
    plugins,
    entries: { probe: `src/${framework}-probe.js` },
    isDevelopment: true,
  });
  const enter = async (t, options) => {
    const one = await visit(world.browser, options);
    t.after(() => one.close());
    const page = await one.open(world.origin("probe"));
    await page.waitForFunction(() => globalThis.lib);
    return { page, complaints: one.complaints };
  };
  return {
    hallpass,
    complaints: world.complaints,
    open: async (t) => (await enter(t)).page,
    openQuiet: (t) => enter(t, { isQuiet: true }),
    close: world.close,
  };
}

/** Options of a client of the reference backend. */
export const options = {
  mode: "jwt",
  endpoints: { login: "/auth/jwt/login", refresh: "/auth/jwt/refresh", logout: "/auth/jwt/logout" },
};
export const ada = { email: "ada@example.com", password: "correct horse" };
