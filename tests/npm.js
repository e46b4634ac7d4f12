// Runs the tests of the npm package, the files of all folders side by side: `node npm.js`, or `node npm.js frameworks`, or
// `node npm.js packaging/axios.test.js` for some of them. `HALLPASS_TIER=all` for every variant.
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { isAll } from "./lib/tier.js";
import { serveBrowser } from "./packaging/lib/browser.js";
import { packAndInstall } from "./packaging/lib/package.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const FOLDERS = ["backends", "bundlers", "frameworks", "migrations", "packaging", "sso"];
/** What only the tier `all` runs has npm packages of its own, which are large. */
if (isAll) FOLDERS.push("bundlers/all", "frameworks/angular-cli", "frameworks/ssr", "sso/all");

/** The others wait for nobody at the end when these begin first. */
const LONGEST = ["backends/backends", "packaging/axios", "packaging/libraries", "packaging/snippets", "bundlers/webpack", "bundlers/parcel"];

/** Milliseconds that a file may take, on the slowest of machines. */
const LONGEST_FILE = isAll ? 1_800_000 : 600_000;

const files = filesOf(process.argv.slice(2));
const installed = await mkdtemp(join(tmpdir(), "hallpass-installed-"));
const [browser] = await Promise.all([serveBrowser(), packAndInstall(installed)]);
process.env.HALLPASS_BROWSER = browser.wsEndpoint();
process.env.HALLPASS_INSTALLED = installed;

/** Without the browser the tests would go on, and each would fail; so who ends the one ends the others. */
const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    console.error(`ended by ${signal}`);
    process.exitCode = 1;
    stopped.abort();
  });
}

run({
  files,
  // A file waits now and then, for a page or for a program.
  concurrency: availableParallelism() + 1,
  // A test that fails may leave a server open, and its file would not end.
  timeout: LONGEST_FILE,
  signal: stopped.signal,
})
  .on("test:fail", () => (process.exitCode = 1))
  .once("end", end)
  .compose(new spec())
  .pipe(process.stdout);

async function end() {
  await browser.close();
  await rm(installed, { recursive: true, force: true });
}

/** The test files that are meant, the longest first. */
function filesOf(wanted) {
  const all = FOLDERS.flatMap((folder) =>
    readdirSync(join(here, folder))
      .filter((name) => name.endsWith(".test.js"))
      .map((name) => `${folder}/${name}`),
  );
  const meant = wanted.length ? all.filter((file) => wanted.some((name) => file === name || file.startsWith(`${name}/`))) : all;
  if (!meant.length) throw new Error(`no tests are in ${wanted.join(", ")}; there are: ${FOLDERS.join(", ")}`);
  const rank = (file) => (LONGEST.indexOf(file.replace(".test.js", "")) + LONGEST.length + 1) % (LONGEST.length + 1);
  return meant.sort((one, other) => rank(one) - rank(other)).map((file) => join(here, file));
}
