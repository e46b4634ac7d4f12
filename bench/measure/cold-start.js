// (b) From the navigation to the first authorised request: what a visitor who is signed in waits for.
import { rotated, summary } from "../lib/stats.js";

export const engines = ["chromium"];

/**
 * A device and a network: how much slower the processor is, the round trip in ms, and bits a second. The more it is throttled, the longer a
 * visit takes. Many rounds, as a visit that misses a frame of the screen waits for the next one.
 */
const PROFILES = [
  { id: "1x", title: "", rate: 1, rounds: 25 },
  { id: "4x", title: ", CPU throttled 4 times", rate: 4, rounds: 11 },
  { id: "20x", title: ", CPU throttled 20 times", rate: 20, rounds: 7 },
  { id: "9mbit", title: ", 9 Mbit/s with 70 ms", rate: 1, rounds: 9, network: { latency: 70, bits: 9_000_000 } },
  { id: "1.6mbit", title: ", 1.6 Mbit/s with 150 ms", rate: 1, rounds: 7, network: { latency: 150, bits: 1_600_000 } },
  { id: "1.6mbit-4x", title: ", 1.6 Mbit/s with 150 ms, CPU throttled 4 times", rate: 4, rounds: 7, network: { latency: 150, bits: 1_600_000 } },
];

export async function run(bench) {
  const { clients, rounds } = bench;
  const samples = new Map(clients.map(({ id }) => [id, PROFILES.map(() => ({ cold: [], warm: [] }))]));
  const states = new Map();
  for (const client of clients) states.set(client.id, await signedIn(bench, client));
  for (const [index, profile] of PROFILES.entries()) {
    for (let round = 0; round < rounds(profile.rounds); round++) {
      for (const { id } of rotated(clients, round)) {
        const { cold, warm } = await visits(bench, id, states.get(id), profile);
        samples.get(id)[index].cold.push(cold);
        samples.get(id)[index].warm.push(warm);
      }
    }
  }
  return PROFILES.map(({ id, title, network }, index) => ({
    id: `cold-start-${id}`,
    title: `Cold start${title}`,
    how:
      "From the navigation to the first request with a Bearer token (`requestStart` of its resource timing), in a profile whose storage holds " +
      "a session. Cold: first visit, nothing cached. Warm: the third visit of the same profile." +
      (network ? " The network is slowed down by Chromium, for each request by itself." : ""),
    unit: "ms",
    digits: 1,
    columns: ["cold cache", "warm cache"],
    plotted: [0, 1],
    rows: clients.map(({ id }) => {
      const { cold, warm } = samples.get(id)[index];
      return { client: id, cells: [summary(cold), summary(warm)] };
    }),
  }));
}

/** The storage that a sign-in leaves behind. */
export async function signedIn({ engine, server }, { url }) {
  const profile = await engine.profile();
  const page = await profile.open(`${server.origin}/plain`);
  await page.run(async (url) => (await import(url)).signIn(), url);
  const state = await profile.state(page);
  await profile.close();
  return state;
}

async function visits({ engine, server }, id, state, { rate, network }) {
  const profile = await engine.profile(state);
  const page = await profile.open("about:blank");
  if (network) await page.slowDown(network);
  const visit = async (speed) => {
    await page.throttle(speed);
    server.take();
    await page.goto(`${server.origin}/app/${id}`);
    await page.until(() => document.title === "done");
    const { authorised, refused } = server.take();
    if (authorised !== 1 || refused !== 0) {
      throw new Error(`${id} sent ${authorised} authorised and ${refused} refused calls, instead of one authorised`);
    }
    return page.run(() => performance.getEntriesByName(new URL("/api/first", location.href).href)[0].requestStart);
  };
  const cold = await visit(rate);
  await visit(1);
  const warm = await visit(rate);
  await profile.close();
  return { cold, warm };
}
