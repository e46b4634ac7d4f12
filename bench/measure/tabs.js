// (e) Many tabs of one browser that wake up after the token has ended, each with a call.
import { count } from "../report/format.js";
import { refreshing } from "../lib/refreshing.js";
import { rotated, summary } from "../lib/stats.js";
import { signedIn } from "../lib/visit.js";

export const engines = ["chromium"];

const SIZES = [
  { tabs: 1, rounds: 2 },
  { tabs: 5, rounds: 2 },
  { tabs: 20, rounds: 1 },
  { tabs: 50, rounds: 1 },
];

export async function run(bench) {
  const sizes = bench.quick ? SIZES.slice(0, 2) : SIZES;
  const clients = bench.clients.filter(({ about }) => !about.lacks.refresh);
  const samples = new Map(clients.map(({ id }) => [id, sizes.map(() => ({ refreshes: [], reused: [], times: [] }))]));
  for (const [index, { tabs, rounds }] of sizes.entries()) {
    for (let round = 0; round < bench.rounds(rounds); round++) {
      for (const client of rotated(clients, round)) {
        const { refreshes, reused, time } = await wake(bench, client, tabs);
        const found = samples.get(client.id)[index];
        found.refreshes.push(refreshes);
        found.reused.push(reused);
        found.times.push(time);
      }
    }
  }
  const section = refreshing(bench, samples, sizes.map(({ tabs }) => ({ name: count(tabs, "tab"), x: tabs })));
  return [
    section(
      "tabs-refreshes",
      "Refreshes sent when many tabs meet the end of the token",
      "The tabs share a storage with a session whose token has ended, as after a night's sleep. On one signal each starts its client and makes a call.",
      "",
      0,
      ({ refreshes }) => summary(refreshes),
      "lines",
    ),
    section(
      "tabs-reused",
      "… of them with a refresh token that was used before",
      "A server that rotates without a grace time would have ended the session (RFC 9700 §4.14.2). This one lets it pass, and counts.",
      "",
      0,
      ({ reused }) => summary(reused),
    ),
    section("tabs-time", "Time until the calls of all tabs are through", "From the signal to the last answer.", "ms", 0, ({ times }) => summary(times)),
  ];
}

async function wake(bench, client, tabs) {
  const { engine, server } = bench;
  server.life = 1;
  const state = await signedIn(bench, client);
  server.life = 3600;
  const profile = await engine.profile(state);
  const pages = [];
  for (let n = 0; n < tabs; n++) pages.push(await profile.open(`${server.origin}/plain`));
  for (const page of pages) await page.run(makeReady, client.url);
  await server.expired();
  server.take();
  // One hears of it directly: a page does not hear its own broadcast.
  const [first, ...others] = pages;
  const heard = others.map((page) => page.run(() => globalThis.woken));
  const times = await Promise.all([first.run(signal), ...heard]);
  const { authorised, refreshes, reused } = server.take();
  await profile.close();
  if (authorised !== tabs || refreshes < 1) {
    throw new Error(`${client.id} got the calls of ${authorised} of ${tabs} tabs through, with ${refreshes} refreshes`);
  }
  const begun = times[0].begun;
  return { refreshes, reused, time: Math.max(...times.map(({ ended }) => ended)) - begun };
}

/* In the page. */

async function makeReady(url) {
  const { start } = await import(url);
  globalThis.act = async () => {
    const begun = performance.timeOrigin + performance.now();
    const { call } = await start({ timers: false });
    await call("/api/orders");
    return { begun, ended: performance.timeOrigin + performance.now() };
  };
  const channel = (globalThis.channel = new BroadcastChannel("bench"));
  globalThis.woken = new Promise((resolve, reject) => {
    channel.onmessage = () => globalThis.act().then(resolve, reject);
  });
}

function signal() {
  globalThis.channel.postMessage("wake up");
  return globalThis.act();
}
