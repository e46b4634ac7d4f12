// The files that the pages of docs/frameworks show.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const BLOCK = /^```(?:jsx?|tsx?|vue|svelte)\n(?:\/\/ (\S+)|<!-- (\S+) -->)\n([\s\S]*?)^```$/gm;

export const pageOf = (name) => readFile(new URL(`../../../docs/frameworks/${name}.md`, import.meta.url), "utf8");

/** The text under a heading. */
export async function sectionOf(page, heading) {
  const whole = await pageOf(page);
  const start = whole.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`no section of ${page} is headed ${heading}`);
  return whole.slice(start, whole.indexOf("\n## ", start + 1));
}

/** By their path, as the first line of a block says it. With `heading` those of that section alone. */
export async function filesOf(page, heading) {
  const text = heading ? await sectionOf(page, heading) : await pageOf(page);
  return new Map([...text.matchAll(BLOCK)].map(([, inScript, inMarkup, code]) => [inScript ?? inMarkup, code]));
}

export async function writeFiles(root, files) {
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}
