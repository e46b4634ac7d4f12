// (b) From the navigation to the first request, the first authorised call and the first paint: what a visitor who is signed in waits for.
import { CACHES, byMode, rowOf, sampled } from "../lib/visit.js";
import { summary } from "../lib/stats.js";

export const engines = ["chromium"];

/**
 * A device and a network: how much slower the processor is, the round trip in ms, and bits a second. The more it is throttled, the longer a
 * visit takes. Many rounds, as a visit that misses a frame of the screen waits for the next one.
 */
const PROFILES = [
  { id: "1x", title: "", rate: 1, rounds: 25 },
  { id: "4x", title: ", CPU throttled 4 times", rate: 4, rounds: 15 },
  { id: "20x", title: ", CPU throttled 20 times", rate: 20, rounds: 11 },
  { id: "9mbit", title: ", 9 Mbit/s with 70 ms", rate: 1, rounds: 11, network: { latency: 70, bits: 9_000_000 } },
  { id: "1.6mbit", title: ", 1.6 Mbit/s with 150 ms", rate: 1, rounds: 9, network: { latency: 150, bits: 1_600_000 } },
  { id: "1.6mbit-4x", title: ", 1.6 Mbit/s with 150 ms, CPU throttled 4 times", rate: 4, rounds: 9, network: { latency: 150, bits: 1_600_000 } },
];

/** What is timed, by mode. In mode `jwt` the first call is the first request. */
const MOMENTS = {
  jwt: ["call", "paint"],
  session: ["asked", "call", "paint"],
  hybrid: ["asked", "call", "paint"],
};
const NAMES = { asked: "first request", call: "first call", paint: "first paint" };

const FROM = "From the navigation, in a profile that a sign-in has left behind. ";
const HOW = {
  jwt: `${FROM}The storage holds the tokens. First call: \`requestStart\` of the first request with a Bearer token.`,
  session:
    `${FROM}It holds a session that is a cookie. First request: the one that asks who is signed in, or the call itself for a client that need not ask. ` +
    "First call: once it is known who is signed in.",
  hybrid:
    `${FROM}It holds a refresh token that is a cookie, and no access token. First request: the refresh, or for oidc-spa the frame that asks the provider. ` +
    "First call: the one with the new token.",
};

export const run = (bench) => byMode(bench, ofMode);

async function ofMode(bench, mode, found) {
  const [bare] = found.filter(({ id }) => id === "fetch");
  const clients = bare ? [...found, { ...bare, row: "fetch-again", label: "fetch, once more" }] : found;
  const samples = await sampled(bench, clients, PROFILES, look);
  const columns = MOMENTS[mode].flatMap((moment) => CACHES.map((cache) => ({ moment, cache })));
  return PROFILES.map(({ id, title, network }, index) => ({
    id: `cold-start-${mode}-${id}`,
    title: `Cold start, mode \`${mode}\`${title}`,
    how:
      `${HOW[mode]} First paint: of a page that shows whether somebody is signed in (\`first-contentful-paint\`). ` +
      "Cold: first visit, nothing cached. Warm: the third visit of the same profile. `fetch` stands twice: what the two differ by is noise." +
      (network ? " The network is slowed down by Chromium, for each request by itself." : ""),
    unit: "ms",
    digits: 1,
    columns: columns.map(({ moment, cache }) => `${NAMES[moment]}, ${cache}`),
    plotted: [0, 1],
    rows: clients.map((client) => ({
      client: rowOf(client),
      label: client.label ?? client.about.name,
      cells: columns.map(({ moment, cache }) => summary(samples.get(rowOf(client))[index].map((visit) => visit[cache][moment]))),
    })),
  }));
}

async function look(page, go) {
  await go();
  return page.run(timesOf);
}

/** In the page. */
async function timesOf() {
  await globalThis.finished;
  const painted = (entries) => entries.find(({ name }) => name === "first-contentful-paint")?.startTime;
  const paint = new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => painted(list.getEntries()) !== undefined && resolve(painted(list.getEntries())));
    observer.observe({ type: "paint", buffered: true });
  });
  // Neither scripts nor what a provider says of itself.
  const isAsked = ({ name }) => !/^\/(bundle\/|\.well-known\/|hallpass\.wasm|favicon)/.test(new URL(name).pathname);
  const asked = performance.getEntriesByType("resource").filter(isAsked);
  const { requestStart: call } = asked.find(({ name }) => new URL(name).pathname === "/api/first");
  return { asked: Math.min(...asked.map(({ requestStart }) => requestStart)), call, paint: await paint };
}
