// (d) Many calls of one page at the moment when the token has ended.
import { openCaller } from "../lib/caller.js";
import { count } from "../report/format.js";
import { refreshing } from "../lib/refreshing.js";
import { rotated, summary } from "../lib/stats.js";

export const engines = ["chromium", "firefox", "webkit"];

const SIZES = [
  { calls: 1, rounds: 5 },
  { calls: 100, rounds: 5 },
  { calls: 1_000, rounds: 3 },
  // Takes minutes for each client: in one engine only.
  { calls: 10_000, rounds: 1, only: "chromium" },
];

export async function run(bench) {
  const sizes = SIZES.filter(({ only }) => !only || (only === bench.engineName && !bench.quick));
  const clients = bench.clients.filter(({ about }) => !about.lacks.refresh);
  const samples = new Map(clients.map(({ id }) => [id, sizes.map(() => ({ times: [], ratios: [], refreshes: [], repeated: [], failed: [] }))]));
  const callers = new Map();
  try {
    for (const client of clients) callers.set(client.id, await openCaller(bench, client, { kind: "gated", timers: false }));
    for (const [index, { calls, rounds }] of sizes.entries()) {
      for (let round = 0; round < bench.rounds(rounds); round++) {
        await endTokens(bench, clients, callers);
        for (const client of rotated(clients, round)) {
          const { time, ratio, refreshes, repeated, failed } = await burst(bench, client, callers.get(client.id), calls, round);
          const found = samples.get(client.id)[index];
          found.times.push(time);
          found.ratios.push(ratio);
          found.refreshes.push(refreshes);
          found.repeated.push(repeated);
          found.failed.push(failed);
        }
      }
    }
  } finally {
    for (const caller of callers.values()) await caller.close();
  }
  const columns = sizes.map(({ calls }) => ({ name: count(calls, "call"), x: calls }));
  const section = refreshing(bench, samples, columns);
  return [
    section(
      "burst-refreshes",
      "Refreshes sent when many calls meet the end of the token",
      "The token has ended, the client's timers are off, then all calls are made at once; the network gets 1 000 of them at a " +
        "time, for Chromium fails many more. Counted by the server. The fewer the better: with a rotating " +
        "refresh token (RFC 9700 §4.14.2) the second is a reuse.",
      "",
      0,
      ({ refreshes }) => summary(refreshes),
    ),
    section(
      "burst-time",
      "Time until all are through",
      "From the first call to the last answer. Of 10 000 calls there is one round.",
      "ms",
      1,
      ({ times }) => summary(times),
      "lines",
    ),
    section(
      "burst-ratio",
      "… to the same number of bare fetches with a good token",
      "In the same page, just before or after. None where calls failed: what is lost takes no time.",
      "×",
      3,
      ({ ratios, failed }) => (failed.some(Boolean) ? undefined : summary(ratios)),
    ),
    section(
      "burst-failed",
      "… calls of them that failed",
      "Although the refresh did not.",
      "",
      0,
      ({ failed }) => summary(failed),
    ),
    section(
      "burst-repeated",
      "… calls of them that were sent with the ended token, and refused",
      "Counted by the server.",
      "",
      0,
      ({ repeated }) => summary(repeated),
    ),
  ];
}

/** Signs all clients in with tokens that have ended when this is done. */
async function endTokens({ server }, clients, callers) {
  server.life = 1;
  for (const { id, url } of clients) await callers.get(id).page.run(signInAnew, url);
  server.life = 3600;
  await server.expired();
}

async function burst({ server }, { id }, { time, burst }, calls, round) {
  const bare = async () => ((await time("bare", { calls, parallel: true })) * calls) / 1000;
  const before = round % 2 ? await bare() : undefined;
  server.take();
  const own = await burst(calls);
  const { authorised, refused, refreshes } = server.take();
  const through = calls - own.failed;
  if (authorised !== through || refreshes < 1) {
    throw new Error(`${id} says that ${through} of ${calls} calls came through; the server saw ${authorised}, and ${refreshes} refreshes`);
  }
  // A peer that loses calls is shown so; hallpass has no business to.
  if (own.failed && id.startsWith("hallpass")) throw new Error(`${id} lost ${own.failed} of ${calls} calls: ${own.why}`);
  return { time: own.time, ratio: own.time / (before ?? (await bare())), refreshes, repeated: refused, failed: own.failed };
}

/** In the page. */
async function signInAnew(url) {
  const { signIn, start } = await import(url);
  await signIn({ timers: false });
  bench.client = (await start({ timers: false })).call;
}
