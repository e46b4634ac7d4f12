// The package as a user has it: packed, and installed in a folder of its own.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const source = fileURLToPath(new URL("../../../pkg", import.meta.url));

/** A fresh folder in `parent` with the packed package and what npm installs of it. `remove` takes that away again. */
export async function installPackage(parent = tmpdir()) {
  const root = await mkdtemp(join(parent, "hallpass-packaging-"));
  // `tests/npm.js` lets npm do it once for all files; a file that is run by itself does it here.
  const installed = process.env.HALLPASS_INSTALLED;
  if (installed) await cp(installed, root, { recursive: true });
  else await packAndInstall(root);
  return opened(root);
}

/** The real thing: `npm pack`, then `npm install` of the tarball. */
export async function packAndInstall(root) {
  const { stdout } = await npm(["pack", source, "--json", "--pack-destination", root], root);
  await writeFile(join(root, "packed.json"), stdout);
  const [{ filename }] = JSON.parse(stdout);
  await writeFile(join(root, "package.json"), '{ "private": true, "type": "module" }\n');
  await npm(["install", "--offline", "--no-audit", "--no-fund", join(root, filename)], root);
}

/** What `packAndInstall` has installed there. */
export async function tarballOf(root) {
  const [{ filename }] = JSON.parse(await readFile(join(root, "packed.json"), "utf8"));
  return join(root, filename);
}

async function opened(root) {
  const [{ filename, files }] = JSON.parse(await readFile(join(root, "packed.json"), "utf8"));
  const installed = join(root, "node_modules/hallpass");
  return {
    root,
    installed,
    tarball: join(root, filename),
    /** Paths inside the tarball. */
    files: files.map((file) => file.path).sort(),
    manifest: JSON.parse(await readFile(join(installed, "package.json"), "utf8")),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

function npm(args, cwd) {
  return run("npm", args, { cwd, shell: process.platform === "win32" });
}

/** Runs a module text in Node inside the folder, and gives what it printed as JSON. */
export async function runNode(root, text) {
  const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "--eval", text], {
    cwd: root,
    timeout: 30_000,
  });
  return { value: stdout ? JSON.parse(stdout) : undefined, stderr };
}
