// The results as a page.
import { cell, columnsOf, number, withUnit } from "./format.js";

/** Of a machine that does more than this beside the run, medians say nothing. */
export const BUSY = 0.1;

/** `image(id)` is where the plot of a section is, or nothing. */
export function markdown({ header, about, measures, goals }, image) {
  return [...intro(header), ...goalsTable(goals), ...clientsTable(about), ...cookieClientsTable(about), ...Object.values(measures).flatMap((measure) => sections(measure, about, image))].join("\n");
}

function intro({ browser, node, isFull, ...machine }) {
  const lines = [
    `${browser}, ${machineOf(machine)}, Node ${node}. Each figure is the median, in brackets the 10 % and the 90 % quantile.`,
    "",
  ];
  if (!isFull) lines.unshift("**Not the whole: fewer rounds or clients.**", "");
  return lines;
}

/** Of which day and commit a run is. */
export const runOf = ({ date, commit }) =>
  `Run of ${date.slice(0, 10)} at commit ${commit.slice(0, 10)}${commit.endsWith("changed") ? " with changes" : ""}`;

/** On what machine. */
export const machineOf = ({ cpu, cores, memoryGiB, system }) => `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}`;

/** When and how a measure was run. */
function told({ busyBefore, seconds, ...run }) {
  const text = `${runOf(run)}; ${number(seconds, 0)} s; ${number(100 * busyBefore, 0)} % of the processors were busy before it.`;
  return busyBefore > BUSY ? `${text} **The machine was busy with something else: these times are not valid.**` : text;
}

function goalsTable(goals) {
  if (!goals.length) return [];
  const rows = goals.map(({ name, limit, unit, value, isReached }) => {
    const digits = unit === "×" ? 3 : unit === "µs" || (unit === "B" && limit < 10) ? 1 : 0;
    return `| ${name} | ≤ ${number(limit, Number.isInteger(limit) ? 0 : `${limit}`.split(".")[1].length)}${unit && ` ${unit}`} | ${withUnit(value, unit, digits)} | ${isReached ? "reached" : "**not reached**"} |`;
  });
  return ["### Goals", "", "| of hallpass | goal | measured | |", "|---|---|---|---|", ...rows, ""];
}

const FEATURES = [
  ["wrapper", "a `fetch` of its own"],
  ["refresh", "refresh"],
  ["clock", "… before a call is refused"],
  ["retry", "sent again after a 401"],
  ["tabs", "one refresh for all tabs"],
];

function clientsTable(about) {
  const clients = Object.values(about).filter(({ lacks }) => lacks);
  const rows = clients.map(({ name, is, lacks }) => {
    // Without a refresh there is none before a call either.
    const why = (feature) => lacks[feature] ?? (feature === "clock" ? lacks.refresh : undefined);
    const words = FEATURES.map(([feature]) => (why(feature) ? `no: ${why(feature)}` : "yes"));
    return `| ${name} | ${is} | ${words.join(" | ")} |`;
  });
  const names = FEATURES.map(([, words]) => words);
  return ["### The clients", "", `| | used as | ${names.join(" | ")} |`, `|---|---|${names.map(() => "---|").join("")}`, ...rows, ""];
}

/** Those of the modes in which a cookie is the credential. */
function cookieClientsTable(about) {
  const rows = Object.entries(about)
    .filter(([, { lacks }]) => !lacks)
    .map(([path, { name, is }]) => `| \`${path.split("-")[0]}\` | ${name} | ${is} |`);
  return rows.length ? ["In the other modes:", "", "| mode | | used as |", "|---|---|---|", ...rows, ""] : [];
}

function sections(measure, about, image) {
  const name = ({ client, label }) => label ?? about[client].name;
  return measure.sections.flatMap((section, index) => layout(section, name, image(section.id), index ? [] : ["", told(measure)]));
}

/** The lines of a section; `name` is what a row is called, `plot` where its image is, if there is one. */
export const layout = (section, name, plot, more = []) => [
  `### ${section.title}`,
  "",
  section.how,
  ...more,
  "",
  ...table(section, name),
  "",
  ...(plot ? [`![${section.title}](${plot})`, ""] : []),
];

function table(section, name) {
  const columns = columnsOf(section);
  const heads = columns.map(({ name, unit }) => (unit ? `${name}, ${unit}` : name));
  const body = section.rows.map((row) => {
    const { cells, lacks } = row;
    const texts = lacks ? columns.map((_, index) => (index ? "" : `none: ${lacks}`)) : columns.map((column, index) => cell(cells[index], column));
    return `| ${name(row)} | ${texts.join(" | ")} |`;
  });
  return [`| | ${heads.join(" | ")} |`, `|---|${heads.map(() => "--:|").join("")}`, ...body];
}
