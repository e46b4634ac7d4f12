// What hallpass wants to reach, and whether it did.

/** Cells of a row of a section; `undefined` where it was not measured. */
const cells = (measures, measure, section, client) =>
  measures[measure]?.sections.find(({ id }) => id === section)?.rows.find((row) => row.client === client)?.cells;

const medians = (found) => found?.map((cell) => cell?.median);

/** Peers that have both a refresh and a `fetch` of their own: what hallpass has to be as quick as. */
const EQUALS = ["auth0-spa-js", "axa-oidc-client", "axios", "badgateway-oauth2-client"];

/** Peers that renew by a cookie. */
const HYBRID_PEERS = ["axios", "badgateway-oauth2-client", "oidc-spa", "supertokens-website"];

export function goals(measures) {
  const list = [];
  const goal = (name, limit, unit, value) => value !== undefined && list.push({ name, limit, unit, value, isReached: value <= limit });
  const at = (measure, section, client, column) => medians(cells(measures, measure, section, client))?.[column];

  goal("what loads before the first call, brotli", 8_000, "B", at("bytes", "bytes", "hallpass", 0));
  goal("`hallpass/slim` with its WebAssembly, brotli", 25_000, "B", at("bytes", "bytes", "hallpass-slim", 0));
  goal("an authorised call, to bare `fetch`, one after the other", 1.02, "×", at("calls", "calls-sequential", "hallpass", 1));
  goal("an authorised call, to bare `fetch`, 100 in parallel", 1.02, "×", at("calls", "calls-parallel", "hallpass", 1));
  goal("our own part of a call", 2, "µs", at("calls", "calls-own", "hallpass", 0));
  for (const profile of ["1x", "4x", "20x", "9mbit", "1.6mbit", "1.6mbit-4x"]) {
    for (const [column, cache] of ["cold", "warm"].entries()) {
      const start = (mode) => (client) => at("cold-start", `cold-start-${mode}-${profile}`, client, column);
      const to = (mode, clients) => {
        const [own, ...others] = ["hallpass", ...clients].map(start(mode));
        const found = others.filter(Number.isFinite);
        return own !== undefined && found.length ? own / Math.min(...found) : undefined;
      };
      const where = `${cache} cache, ${profile}`;
      goal(`mode \`jwt\`, first call to that of bare \`fetch\`, ${where}`, 1.05, "×", to("jwt", ["fetch"]));
      goal(`mode \`jwt\`, first call to that of the quickest peer with refresh and \`fetch\` wrapper, ${where}`, 1.0, "×", to("jwt", EQUALS));
      goal(`mode \`session\`, \`me\` sent, to a page that asks it by hand, ${where}`, 1.05, "×", to("session", ["fetch"]));
      goal(`mode \`hybrid\`, refresh sent, to that of the quickest peer, ${where}`, 1.1, "×", to("hybrid", HYBRID_PEERS));
    }
  }
  for (const mode of ["jwt", "session", "hybrid"]) {
    goal(`longest task of a first start, mode \`${mode}\`, CPU throttled 20 times`, 50, "ms", at("main-thread", `main-thread-${mode}-20x`, "hallpass", 0));
  }
  goal("refreshes for 10 000 parallel calls at the end of the token", 1, "", cells(measures, "burst", "burst-refreshes", "hallpass")?.[3]?.high);
  goal("10 000 parallel calls at the end of the token, to bare fetches", 1.1, "×", at("burst", "burst-ratio", "hallpass", 3));
  goal("refreshes of 50 tabs at the end of the token", 1, "", cells(measures, "tabs", "tabs-refreshes", "hallpass")?.[3]?.high);
  const parts = medians(cells(measures, "sso", "sso-bytes", "hallpass"));
  goal("what a sign-in at a provider loads beside the page and the engine, brotli", 9_000, "B", parts && parts[4] + parts[5]);
  // A byte and a half a call is what the measure itself wavers by.
  goal("heap that 100 000 calls leave behind, for each call", 1.5, "B", at("memory", "memory", "hallpass", 2));
  return list;
}
