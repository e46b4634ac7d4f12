// (f) What a client holds, and what is left of 100 000 calls.
import { openCaller } from "../lib/caller.js";
import { count, number } from "../report/format.js";
import { summary } from "../lib/stats.js";

export const engines = ["chromium"];

const ROUNDS = 2;
const CALLS = 100_000;
/** Until then caches fill and code is compiled, which is no growth. */
const WARM_UP = 10_000;

export async function run(bench) {
  const calls = bench.quick ? CALLS / 10 : CALLS;
  const rows = [];
  for (const client of bench.clients) {
    const samples = [];
    for (let round = 0; round < bench.rounds(ROUNDS); round++) samples.push(await sample(bench, client, calls));
    const cell = (pick) => summary(samples.map(pick));
    rows.push({ client: client.id, cells: [cell(({ client }) => client), cell(({ wasm }) => wasm), cell(({ grown }) => grown / calls)] });
  }
  return [
    {
      id: "memory",
      title: "Memory",
      how:
        "JavaScript heap after garbage collection, with `fetch` replaced by one that answers at once. A client: code and objects after sign-in and " +
        `ten calls, less the same of the page with bare \`fetch\` alone. WebAssembly: the size of its memory, beside that heap. Growth: over ` +
        `${count(calls, "call")}, after ${number(WARM_UP, 0)} to warm up, by the number of calls.`,
      unit: "kB",
      digits: 0,
      columns: ["a client", "its WebAssembly", { name: "growth of a call", unit: "B", digits: 2 }],
      plotted: [0],
      rows,
    },
  ];
}

async function sample(bench, client, calls) {
  const { page, time, close } = await openCaller(bench, client, { kind: "stubbed" });
  try {
    await time("client", { calls: 10 });
    const before = await bareHeap(bench);
    const held = await page.heap();
    const memories = () => page.run(() => bench.memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
    await time("client", { calls: WARM_UP });
    const warm = (await page.heap()) + (await memories());
    await time("client", { calls });
    const after = (await page.heap()) + (await memories());
    return { client: (held - before) / 1000, wasm: (await memories()) / 1000, grown: after - warm };
  } finally {
    await close();
  }
}

/** Of a page like that, with nothing in it but bare fetch. */
async function bareHeap(bench) {
  const { page, time, close } = await openCaller(bench, bench.bare, { kind: "stubbed" });
  await time("client", { calls: 10 });
  const heap = await page.heap();
  await close();
  return heap;
}
