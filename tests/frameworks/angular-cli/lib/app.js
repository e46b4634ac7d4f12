// `examples/angular` in a folder of its own, with the packed package, and what the command line makes of it.
import { execFile } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const example = here("../../../../examples/angular");
const ng = here("../node_modules/@angular/cli/bin/ng.js");

/** For a build that hangs. */
const PATIENCE_MS = 600_000;
const env = { ...process.env, NG_CLI_ANALYTICS: "false", NO_COLOR: "1" };
delete env.NODE_TEST_CONTEXT;

/** Its files in `root/name`, below a folder whose `node_modules` has Angular. */
export async function copyExample(root, name) {
  const cwd = join(root, name);
  const isOwn = (path) => !/node_modules|dist|\.angular$/.test(path.slice(example.length));
  await cp(example, cwd, { recursive: true, filter: isOwn });
  return cwd;
}

/** Changes the text of one of its files; a change that changes nothing fails. */
export async function change(cwd, path, by) {
  const file = join(cwd, path);
  const text = await readFile(file, "utf8");
  const changed = by(text);
  if (changed === text) throw new Error(`${path} is not as the test expects it`);
  await writeFile(file, changed);
}

/** Changes options of its build. */
export async function configure(cwd, options) {
  const file = join(cwd, "angular.json");
  const workspace = JSON.parse(await readFile(file, "utf8"));
  Object.assign(workspace.projects.app.architect.build.options, options);
  await writeFile(file, JSON.stringify(workspace));
}

/** `ng build`. Gives what it said, and fails if it warned. */
export async function ngBuild(cwd) {
  const { stdout, stderr } = await run(process.execPath, [ng, "build"], { cwd, env, timeout: PATIENCE_MS });
  if (/warning|error/i.test(stdout + stderr)) throw new Error(`ng build complained: ${stdout}${stderr}`);
}

/** The words of a command that serves it while it is developed. */
export const ngServe = (port) => ({ args: [ng, "serve", "--proxy-config", "proxy.conf.json", "--port", `${port}`], env });
