// (b) From the navigation to the first authorised request: what a visitor who is signed in waits for.
import { rotated, summary } from "../lib/stats.js";

export const engines = ["chromium"];

const RATES = [1, 4, 20];
/** For each rate; the more it is throttled, the longer a visit takes. Many, as a visit that misses a frame of the screen waits for the next one. */
const ROUNDS = [25, 11, 7];

export async function run(bench) {
  const { clients, rounds } = bench;
  const samples = new Map(clients.map(({ id }) => [id, RATES.map(() => ({ cold: [], warm: [] }))]));
  const states = new Map();
  for (const client of clients) states.set(client.id, await signedIn(bench, client));
  for (const [index, rate] of RATES.entries()) {
    for (let round = 0; round < rounds(ROUNDS[index]); round++) {
      for (const { id } of rotated(clients, round)) {
        const { cold, warm } = await visits(bench, id, states.get(id), rate);
        samples.get(id)[index].cold.push(cold);
        samples.get(id)[index].warm.push(warm);
      }
    }
  }
  return RATES.map((rate, index) => ({
    id: `cold-start-${rate}x`,
    title: `Cold start${rate === 1 ? "" : `, CPU throttled ${rate} times`}`,
    how:
      "From the navigation to the first request with a Bearer token (`requestStart` of its resource timing), in a profile whose storage holds " +
      "a session. Cold: first visit, nothing cached. Warm: the third visit of the same profile.",
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

async function visits({ engine, server }, id, state, rate) {
  const profile = await engine.profile(state);
  const page = await profile.open("about:blank");
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
