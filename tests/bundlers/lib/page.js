import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The page of a bundler that makes none. */
export async function writePage(folder, script) {
  await mkdir(folder, { recursive: true });
  const page = `<!doctype html><html lang="en"><title>hallpass</title><link rel="icon" href="data:," /><body>${script}</body></html>\n`;
  await writeFile(join(folder, "index.html"), page);
}
