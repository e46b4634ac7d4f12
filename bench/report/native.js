// What `cargo xtask bench --native` has measured, into `bench/results/` and docs/bench.md.
//
//   node native.js FILE
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { busyShare, header } from "../lib/machine.js";
import { number } from "./format.js";
import { BUSY, machineOf, runOf } from "./markdown.js";
import { intoPage, results } from "./write.js";

const UNITS = [
  ["ms", 1e6],
  ["µs", 1e3],
  ["ns", 1],
];
const unitOf = (nanoseconds) => UNITS.find(([, size]) => nanoseconds >= size) ?? UNITS.at(-1);
const digitsOf = (value) => (value < 10 ? 2 : value < 100 ? 1 : 0);

const { countedBy, rows } = JSON.parse(await readFile(process.argv[2], "utf8"));
const { date, commit, cpu, cores, memoryGiB, system } = header();
const result = { header: { date, commit, cpu, cores, memoryGiB, system, busyAfter: await busyShare() }, countedBy, rows };
await mkdir(results, { recursive: true });
await writeFile(new URL("native.json", results), `${JSON.stringify(result, null, 2)}\n`);
const report = markdown(result);
await intoPage("native", report);
console.log(`\n${report}\nwritten to bench/results/native.json and docs/bench.md`);

function markdown({ header, countedBy, rows }) {
  const { busyAfter } = header;
  const counted = countedBy
    ? `Instructions by ${countedBy.valgrind}, ${countedBy.rustc}, ${countedBy.libc}.`
    : "No instructions: there was no valgrind.";
  const heads = ["time", "… for each call", ...(countedBy ? ["instructions", "… for each call"] : [])];
  const line = ({ what, calls, nanoseconds, instructions }) => {
    const each = (text) => (calls > 1 ? text(calls) : "");
    const cells = [span(nanoseconds), each((calls) => time(nanoseconds.median / calls))];
    if (countedBy) cells.push(number(instructions, 0), each((calls) => number(instructions / calls, 0)));
    return `| ${what} | ${cells.join(" | ")} |`;
  };
  return [
    ...(busyAfter > BUSY ? ["**The machine was busy with something else: the times are not valid. The instructions are.**", ""] : []),
    `${runOf(header)}: ${machineOf(header)}; ${number(100 * busyAfter, 0)} % of the processors busy after it. ${counted}`,
    "Each time is the median, in brackets the 10 % and the 90 % quantile.",
    "",
    `| | ${heads.join(" | ")} |`,
    `|---|${heads.map(() => "--:|").join("")}`,
    ...rows.map(line),
    "",
  ].join("\n");
}

function time(nanoseconds) {
  const [unit, size] = unitOf(nanoseconds);
  return `${number(nanoseconds / size, digitsOf(nanoseconds / size))} ${unit}`;
}

/** In one unit. */
function span({ median, low, high }) {
  const [, size] = unitOf(median);
  const shown = (value) => number(value / size, digitsOf(median / size));
  return `${time(median)} (${shown(low)} … ${shown(high)})`;
}
