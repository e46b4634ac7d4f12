// Results into `bench/results/` and, between its markers, docs/bench.md.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { goals } from "./goals.js";
import { markdown } from "./markdown.js";
import { plot } from "./plot.js";

export const results = new URL("../results/", import.meta.url);
const docs = new URL("../../docs/", import.meta.url);

/**
 * Chromium's results are `latest`; those of the other engines stand beside it. A measure that was run in full replaces its part of them.
 * With fewer clients or rounds it goes elsewhere, and replaces nothing. `order`: the names of all measures.
 */
export async function write(run, order) {
  const { engine, isFull } = run.header;
  const name = `${isFull ? "latest" : "part"}${engine === "chromium" ? "" : `-${engine}`}`;
  await mkdir(results, { recursive: true });
  const file = new URL(`${name}.json`, results);
  const found = { ...(isFull ? await measuresIn(file) : {}), ...run.measures };
  const measures = Object.fromEntries(order.filter((measure) => found[measure]).map((measure) => [measure, found[measure]]));
  const result = { ...run, measures, goals: goals(measures) };
  const sections = Object.values(measures).flatMap(({ sections }) => sections);
  const images = new Map(sections.map((section) => [section.id, plot(section, result.about)]).filter(([, svg]) => svg));
  for (const old of await readdir(results)) {
    if (old.startsWith(`${name}.`)) await rm(new URL(old, results));
  }
  for (const [id, svg] of images) await writeFile(new URL(`${name}.${id}.svg`, results), svg);
  const image = (folder) => (id) => (images.has(id) ? `${folder}${name}.${id}.svg` : undefined);
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  const report = markdown(result, image(""));
  await writeFile(new URL(`${name}.md`, results), `# Benchmark\n\n${report}`);
  if (isFull) await intoPage(engine, markdown(result, image("../bench/results/")));
  console.log(`\n${report}\nwritten to bench/results/${name}.*`);
}

async function measuresIn(file) {
  try {
    return JSON.parse(await readFile(file, "utf8")).measures;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

/** Between the markers of this name, in a file of docs/. */
export async function intoPage(name, report, file = "bench.md") {
  const page = new URL(file, docs);
  const text = await readFile(page, "utf8");
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  if (!text.includes(begin) || !text.includes(end)) throw new Error(`docs/${file} has no markers ${begin} and ${end}`);
  const [before, after] = [text.slice(0, text.indexOf(begin)), text.slice(text.indexOf(end))];
  await writeFile(page, `${before}${begin}\n\n${report}\n${after}`);
}
