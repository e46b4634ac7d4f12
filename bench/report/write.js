// Results into `bench/results/` and, between its markers, docs/bench.md.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { markdown } from "./markdown.js";
import { plot } from "./plot.js";

export const results = new URL("../results/", import.meta.url);
const page = new URL("../../docs/bench.md", import.meta.url);

/** Chromium's run is `latest`; those of the other engines stand beside it. A run of a part goes elsewhere, and replaces no whole one. */
export async function write(result) {
  const { engine, isWhole } = result.header;
  const name = `${isWhole ? "latest" : "part"}${engine === "chromium" ? "" : `-${engine}`}`;
  await mkdir(results, { recursive: true });
  const sections = Object.values(result.measures).flatMap(({ sections }) => sections);
  const images = new Map(sections.map((section) => [section.id, plot(section, result.about)]).filter(([, svg]) => svg));
  for (const file of await readdir(results)) {
    if (file.startsWith(`${name}.`)) await rm(new URL(file, results));
  }
  for (const [id, svg] of images) await writeFile(new URL(`${name}.${id}.svg`, results), svg);
  const image = (folder) => (id) => (images.has(id) ? `${folder}${name}.${id}.svg` : undefined);
  await writeFile(new URL(`${name}.json`, results), `${JSON.stringify(result, null, 2)}\n`);
  const report = markdown(result, image(""));
  await writeFile(new URL(`${name}.md`, results), `# Benchmark\n\n${report}`);
  if (isWhole) await intoPage(engine, markdown(result, image("../bench/results/")));
  console.log(`\n${report}\nwritten to bench/results/${name}.*`);
}

/** Between the markers of this name. */
export async function intoPage(engine, report) {
  const text = await readFile(page, "utf8");
  const [begin, end] = [`<!-- begin ${engine} -->`, `<!-- end ${engine} -->`];
  if (!text.includes(begin) || !text.includes(end)) throw new Error(`docs/bench.md has no markers ${begin} and ${end}`);
  const [before, after] = [text.slice(0, text.indexOf(begin)), text.slice(text.indexOf(end))];
  await writeFile(page, `${before}${begin}\n\n${report}\n${after}`);
}
