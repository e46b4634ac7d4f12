// What hallpass wants to reach, and whether it did.

/** Cells of a row of a section; `undefined` where it was not measured. */
const cells = (measures, measure, section, client) =>
  measures[measure]?.sections.find(({ id }) => id === section)?.rows.find((row) => row.client === client)?.cells;

const medians = (found) => found?.map((cell) => cell?.median);

/** Peers that have both a refresh and a `fetch` of their own: what hallpass has to be as quick as. */
const EQUALS = ["auth0-spa-js", "axa-oidc-client", "axios", "badgateway-oauth2-client"];

export function goals(measures) {
  const list = [];
  const goal = (name, limit, unit, value) => value !== undefined && list.push({ name, limit, unit, value, isReached: value <= limit });
  const at = (measure, section, client, column) => medians(cells(measures, measure, section, client))?.[column];

  goal("what loads before the first call, brotli", 8_000, "B", at("bytes", "bytes", "hallpass", 0));
  goal("`hallpass/slim` with its WebAssembly, brotli", 25_000, "B", at("bytes", "bytes", "hallpass-slim", 0));
  goal("an authorised call, to bare `fetch`, one after the other", 1.02, "×", at("calls", "calls-sequential", "hallpass", 1));
  goal("an authorised call, to bare `fetch`, 100 in parallel", 1.02, "×", at("calls", "calls-parallel", "hallpass", 1));
  goal("our own part of a call", 10, "µs", at("calls", "calls-own", "hallpass", 0));
  for (const profile of ["1x", "4x", "20x", "9mbit", "1.6mbit", "1.6mbit-4x"]) {
    for (const [column, cache] of ["cold", "warm"].entries()) {
      const start = (client) => at("cold-start", `cold-start-${profile}`, client, column);
      const own = start("hallpass");
      const to = (others) => (own !== undefined && others.length ? own / Math.min(...others) : undefined);
      goal(`cold start to bare \`fetch\`, ${cache} cache, ${profile}`, 1.05, "×", to([start("fetch")].filter(Number.isFinite)));
      const peers = EQUALS.map(start).filter(Number.isFinite);
      goal(`cold start to that of the quickest peer with refresh and \`fetch\` wrapper, ${cache} cache, ${profile}`, 1.0, "×", to(peers));
    }
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
