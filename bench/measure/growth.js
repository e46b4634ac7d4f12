// (h) Whether a call of hallpass gets dearer as things around it become more.
import { openCaller } from "../lib/caller.js";
import { count, number } from "../report/format.js";
import { rotated, summary } from "../lib/stats.js";

export const engines = ["chromium"];

const ROUNDS = 15;
const BATCH = 200;

export async function run(bench) {
  return [await madeBefore(bench), ...(await around(bench)), await besideTabs(bench)];
}

const HOW = "The client's own part of a call, with `fetch` replaced, as above.";

const section = (id, title, how, columns, rows, more) => ({ id, title, how, unit: "µs", digits: 1, columns, rows, plotted: "lines", ...more });

/** After so many calls of the same page, for all clients. */
async function madeBefore(bench) {
  const stops = bench.quick ? [1_000, 2_000, 5_000] : [1_000, 10_000, 50_000];
  const rows = [];
  for (const client of bench.clients.filter(({ id }) => id !== "fetch")) {
    const caller = await openCaller(bench, client, { kind: "stubbed" });
    const cells = [];
    let made = 0;
    for (const stop of stops) {
      await caller.time("client", { calls: stop - made });
      const samples = [];
      for (let round = 0; round < bench.rounds(ROUNDS); round++) samples.push(await ownPart(caller));
      made = stop + samples.length * BATCH;
      cells.push(summary(samples));
    }
    await caller.close();
    rows.push({ client: client.id, cells });
  }
  const columns = stops.map((x) => ({ name: count(x, "call"), x }));
  return section("growth-calls", "Own part of a call, after so many calls", HOW, columns, rows);
}

const ownPart = async ({ time }) => (await time("client", { calls: BATCH })) - (await time("bare", { calls: BATCH }));

/** Subscribers and listed origins: all sizes in pages of their own, which take turns. */
async function around(bench) {
  const sizes = [0, 10, 100, 1_000];
  const sections = [];
  for (const [name, words] of [
    ["subscribers", "with so many subscribers"],
    ["origins", "with so many listed origins"],
  ]) {
    const callers = [];
    for (const size of sizes) callers.push(await grown(bench, { [name]: size }));
    const samples = await inTurns(bench, callers);
    for (const caller of callers) await caller.close();
    const columns = sizes.map((x) => ({ name: number(x, 0), x }));
    sections.push(
      section(`growth-${name}`, `Own part of a call of hallpass, ${words}`, HOW, columns, [{ client: "hallpass", cells: samples.map(summary) }]),
    );
  }
  return sections;
}

async function grown(bench, size) {
  const caller = await openCaller(bench, bench.bare, { kind: "stubbed" });
  await caller.page.run(grow, size);
  await caller.time("client", { calls: 1_000 });
  return caller;
}

/** In the page, in place of the client that it has. */
async function grow(size) {
  bench.stubbed = false;
  const { signedIn } = await import("/bundle/growth/index.js");
  bench.client = (await signedIn({ key: "growth", ...size })).call;
  bench.stubbed = true;
}

async function inTurns(bench, callers) {
  const samples = callers.map(() => []);
  for (let round = 0; round < bench.rounds(ROUNDS); round++) {
    for (const index of rotated([...callers.keys()], round)) samples[index].push(await ownPart(callers[index]));
  }
  return samples;
}

/** In one tab, while so many others of the same session are open and idle. */
async function besideTabs(bench) {
  const { engine, server } = bench;
  const sizes = bench.quick ? [0, 4] : [0, 4, 19];
  const profile = await engine.profile();
  const open = async (path) => {
    const page = await profile.open(`${server.origin}/${path}`);
    await page.run(async () => {
      const [{ signedIn }, bare] = await Promise.all([import("/bundle/growth/index.js"), import("/bundle/fetch/index.js")]);
      await bare.signIn();
      const client = await signedIn({ key: "growth" });
      globalThis.bench = Object.assign(globalThis.bench ?? {}, { client: client.call, bare: (await bare.start()).call });
    });
    return page;
  };
  const page = await open("stubbed");
  await page.run(() => void (bench.stubbed = true));
  const caller = { time: (who, { calls }) => page.run(batch, { who, calls }) };
  await caller.time("client", { calls: 1_000 });
  const cells = [];
  let others = 0;
  for (const size of sizes) {
    for (; others < size; others++) await open("plain");
    const samples = [];
    for (let round = 0; round < bench.rounds(ROUNDS); round++) samples.push(await ownPart(caller));
    cells.push(summary(samples));
  }
  await profile.close();
  const columns = sizes.map((x) => ({ name: number(x, 0), x }));
  return section("growth-tabs", "Own part of a call of hallpass, beside so many other tabs", HOW, columns, [{ client: "hallpass", cells }]);
}

/** In the page. */
async function batch({ who, calls }) {
  const before = performance.now();
  for (let n = 0; n < calls; n++) await bench[who]("/api/orders");
  return ((performance.now() - before) * 1000) / calls;
}
