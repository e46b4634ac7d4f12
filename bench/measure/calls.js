// (c) What a call by the client takes beyond the same call by bare `fetch`.
import { openCaller } from "../lib/caller.js";
import { rotated, summary } from "../lib/stats.js";

export const engines = ["chromium", "firefox", "webkit"];

/** Bare fetch and the client take turns in one page, so that both meet the same moment and the same process. */
const KINDS = [
  { name: "sequential", rounds: 20, calls: 50, parallel: false, stubbed: false },
  { name: "parallel", rounds: 20, calls: 100, parallel: true, stubbed: false },
  { name: "own", rounds: 40, calls: 500, parallel: false, stubbed: true },
];
/** The first calls of a page, whose code no compiler has seen to. */
const COLD = { rounds: 8, calls: 20 };

export async function run(bench) {
  const { clients, rounds } = bench;
  const measured = new Map();
  for (const kind of KINDS) measured.set(kind.name, await measure(bench, kind, rounds(kind.rounds)));
  const cold = await firstCalls(bench);
  const row = ({ id }, pick) => {
    const { times, ratios } = pick(id);
    return { client: id, cells: [summary(times), summary(ratios)] };
  };
  const section = (name, title, what) => ({
    id: `calls-${name}`,
    title,
    how:
      `${what} Batches of the client and of bare \`fetch\` take turns in one page; the ratio is that of each pair. ` +
      "The row of `fetch` is bare `fetch` against itself: what it shows beside 1 is noise.",
    unit: "µs",
    digits: 1,
    columns: ["a call", { name: "to bare fetch", unit: "×", digits: 3 }],
    plotted: [0],
    rows: clients.map((client) => row(client, (id) => measured.get(name).get(id))),
  });
  return [
    section("sequential", "Authorised calls, one after the other", "Over HTTP on the loopback, the body read as JSON, 50 calls a batch."),
    section("parallel", "Authorised calls, 100 in parallel", "As above, 100 calls at once; the time is that of the batch by its calls."),
    {
      id: "calls-own",
      title: "The client's own part of a call",
      how:
        "`fetch` is replaced by one that answers at once: the time of a call less that of bare `fetch` in the same page. Warm: 500 calls a batch, in a page that " +
        `has made some thousand. Cold: the first ${COLD.calls} calls of a new page.`,
      unit: "µs",
      digits: 1,
      columns: ["own part, warm", "own part, cold"],
      plotted: [0, 1],
      rows: clients
        .filter(({ id }) => id !== "fetch")
        .map(({ id }) => ({ client: id, cells: [summary(measured.get("own").get(id).differences), summary(cold.get(id))] })),
    },
  ];
}

/** Differences to bare fetch, which begins in every second page. */
async function firstCalls(bench) {
  const clients = bench.clients.filter(({ id }) => id !== "fetch");
  const found = new Map(clients.map(({ id }) => [id, []]));
  for (let round = 0; round < bench.rounds(COLD.rounds); round++) {
    for (const client of rotated(clients, round)) {
      const caller = await openCaller(bench, client, { kind: "stubbed" });
      const took = {};
      for (const who of round % 2 ? ["bare", "client"] : ["client", "bare"]) took[who] = await caller.time(who, { calls: COLD.calls });
      found.get(client.id).push(took.client - took.bare);
      await caller.close();
    }
  }
  return found;
}

async function measure(bench, { calls, parallel, stubbed }, rounds) {
  const { clients, server } = bench;
  const callers = new Map();
  const found = new Map(clients.map(({ id }) => [id, { times: [], ratios: [], differences: [] }]));
  try {
    for (const client of clients) {
      const caller = await openCaller(bench, client, { kind: stubbed ? "stubbed" : "plain" });
      callers.set(client.id, caller);
      for (const who of ["bare", "client", "bare", "client"]) await caller.time(who, { calls, parallel });
    }
    server.take();
    for (let round = 0; round < rounds; round++) {
      for (const { id } of rotated(clients, round)) {
        const time = (who) => callers.get(id).time(who, { calls, parallel });
        let [bare, own] = round % 2 ? [await time("bare"), await time("client")] : [];
        if (bare === undefined) [own, bare] = [await time("client"), await time("bare")];
        const { times, ratios, differences } = found.get(id);
        times.push(own);
        ratios.push(own / bare);
        differences.push(own - bare);
      }
    }
    const { authorised, refused } = server.take();
    const expected = stubbed ? 0 : 2 * calls * rounds * clients.length;
    if (authorised !== expected || refused !== 0) {
      throw new Error(`the server saw ${authorised} authorised and ${refused} refused calls, instead of ${expected} authorised`);
    }
  } finally {
    for (const caller of callers.values()) await caller.close();
  }
  return found;
}
