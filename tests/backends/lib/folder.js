// A folder of its own, with the files that a page shows.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Gives what `start(folder)` gives; its `stop` takes the folder away as well. */
export async function inFolder(start) {
  const folder = await mkdtemp(join(tmpdir(), "hallpass-backend-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const project = await start(folder);
    return { ...project, stop: () => project.stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Writes a file below `folder`. */
export async function put(folder, file, text) {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}
