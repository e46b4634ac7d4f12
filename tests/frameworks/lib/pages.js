// The files that the pages of docs/frameworks show.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const BLOCK = /^```(?:jsx?|tsx?|vue|svelte)\n(?:\/\/ (\S+)|<!-- (\S+) -->)\n([\s\S]*?)^```$/gm;

/** By their path, as the first line of a block says it. With `heading` those of that section alone. */
export async function filesOf(page, heading) {
  const whole = await readFile(new URL(`../../../docs/frameworks/${page}.md`, import.meta.url), "utf8");
  const start = heading ? whole.indexOf(`\n## ${heading}\n`) : 0;
  const text = heading ? whole.slice(start, whole.indexOf("\n## ", start + 1)) : whole;
  return new Map([...text.matchAll(BLOCK)].map(([, inScript, inMarkup, code]) => [inScript ?? inMarkup, code]));
}

export async function writeFiles(root, files) {
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}
