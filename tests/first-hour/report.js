// The rows of docs/first-hour.md.
import { readFile, writeFile } from "node:fs/promises";
import { FRAMEWORKS } from "./frameworks.js";
import { STEPS } from "./walk.js";

const page = new URL("../../docs/first-hour.md", import.meta.url);

export function rowOf(name, { version, setUp, seconds, passed, isBuilt }) {
  const { title } = FRAMEWORKS[name];
  return `| [${title}](frameworks/${name}.md) ${version} | ${setUp} | 0 | ${(seconds / 60).toFixed(1)} | ${passed} of ${STEPS.length} | ${isBuilt ? "yes" : "no"} |`;
}

/** Writes a row in place of the one of the same framework. */
export async function intoPage(row) {
  const text = await readFile(page, "utf8");
  const [first] = row.match(/^\| \[\w+\]/);
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.startsWith(first));
  if (at < 0) throw new Error(`docs/first-hour.md has no row that begins with ${first}`);
  lines[at] = row;
  await writeFile(page, lines.join("\n"));
}
