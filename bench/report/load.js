// What `cargo xtask bench --load` has measured, into `bench/results/` and docs/load.md.
//
//   node load.js --header          the machine, to be looked at before the load
//   node load.js FILE HEADER
import { readFile, writeFile } from "node:fs/promises";
import { busyShare, header } from "../lib/machine.js";
import { summary } from "../lib/stats.js";
import { number } from "./format.js";
import { BUSY, layout, machineOf, runOf } from "./markdown.js";
import { plot } from "./plot.js";
import { intoPage, results } from "./write.js";

const [first, told] = process.argv.slice(2);
if (first === "--header") {
  const { date, commit, cpu, cores, memoryGiB, system } = header();
  console.log(JSON.stringify({ date, commit, cpu, cores, memoryGiB, system, busyBefore: await busyShare() }));
} else {
  await report(JSON.parse(await readFile(first, "utf8")), JSON.parse(told));
}

async function report({ isFull, connections, sizes, rows }, header) {
  const sections = sectionsOf(sizes, rows);
  const images = new Map(sections.map((section) => [section.id, plot(section)]).filter(([, svg]) => svg));
  const page = markdown({ header, connections, sections }, (id) => (images.has(id) ? `../bench/results/load.${id}.svg` : undefined));
  console.log(`\n${page}`);
  if (!isFull) return console.log("Fewer sizes and rounds than a whole run: nothing is written down.");
  for (const [id, svg] of images) await writeFile(new URL(`load.${id}.svg`, results), svg);
  await writeFile(new URL("load.json", results), `${JSON.stringify({ header, connections, sizes, sections }, null, 2)}\n`);
  await intoPage("load", page, "load.md");
  console.log("written to bench/results/load.* and docs/load.md");
}

function sectionsOf(sizes, rows) {
  const bySize = sizes.map((size) => ({ name: number(size, 0), x: size }));
  const section = (id, title, unit, digits, how, pick) => ({
    id,
    title,
    how,
    unit,
    digits,
    columns: bySize,
    plotted: "lines",
    rows: rows.map(({ label, runs }) => ({ label, cells: runs.map((run) => summary(run.map(pick))) })),
  });
  return [
    section("rate", "Requests per second", "", 0, "By the number of users who are signed in.", ({ rate }) => rate),
    section("p99", "99 of 100 requests are answered within", "ms", 1, "By the number of users who are signed in.", ({ p99 }) => p99),
    {
      id: "cpu",
      title: "Processor time of a request",
      how: `With ${number(sizes.at(-1), 0)} users signed in: of all nodes, of Redis, of nginx. SQLite is a part of the nodes.`,
      unit: "µs",
      digits: 0,
      columns: ["nodes", "Redis", "nginx"],
      plotted: [0, 1],
      rows: rows.map(({ label, runs }) => ({
        label,
        cells: ["node", "store", "proxy"].map((part) => summary(runs.at(-1).map((run) => run[part]))),
      })),
    },
  ];
}

function markdown({ header, connections, sections }, image) {
  const { busyBefore } = header;
  return [
    ...(busyBefore > BUSY ? ["**The machine was busy with something else: these figures are not valid.**", ""] : []),
    `${runOf(header)}: ${machineOf(header)}; ${number(100 * busyBefore, 0)} % of the processors busy before it. ` +
      `${connections} requests under way at a time. ` +
      "Each figure is the median of the rounds, in brackets the 10 % and the 90 % quantile.",
    "",
    ...sections.flatMap((section) => layout(section, ({ label }) => label, image(section.id))),
  ].join("\n");
}
