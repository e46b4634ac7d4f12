// How long a newcomer takes, by framework: `node first-hour.js`, or `node first-hour.js vue svelte`. Writes the rows into docs/first-hour.md.
//
// HALLPASS_STARTERS="@angular/cli@20=@angular/cli@20.3.37" takes another version of a starter, where a registry lacks a part of the newest.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "../packaging/lib/browser.js";
import { packAndInstall, tarballOf } from "../packaging/lib/package.js";
import { startServer } from "../packaging/lib/server.js";
import { FRAMEWORKS } from "./frameworks.js";
import { buildProblem, followPage } from "./page.js";
import { intoPage, rowOf } from "./report.js";
import { STEPS, walk } from "./walk.js";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !FRAMEWORKS[name]);
if (unknown.length) throw new Error(`no page of docs/frameworks is followed for ${unknown}; there are: ${Object.keys(FRAMEWORKS).join(", ")}`);
const names = wanted.length ? wanted : Object.keys(FRAMEWORKS);

const root = await mkdtemp(join(tmpdir(), "hallpass-first-hour-"));
const ends = [() => rm(root, { recursive: true, force: true, maxRetries: 5 })];
try {
  await packAndInstall(root);
  const tarball = await tarballOf(root);
  const browser = await launch();
  ends.push(() => browser.close());
  for (const name of names) {
    const row = await firstHour(name, { tarball, browser });
    console.log(row);
    await intoPage(row);
  }
} finally {
  for (const end of ends.reverse()) await end();
}

/** From an empty folder to the sign-out. Ends all that it has started. */
async function firstHour(name, { tarball, browser }) {
  console.log(`── ${name}`);
  const backend = await startServer();
  const folder = await mkdtemp(join(root, `${name}-`));
  const begin = performance.now();
  let app;
  try {
    app = await followPage(name, { folder, tarball, backend: backend.origin });
    const { passed, calledAt, problem } = await walk(browser, app.address);
    if (problem) {
      process.exitCode = 1;
      console.log(`${passed} of ${STEPS.length} steps: ${problem}\n${app.said()}`);
    }
    const seconds = ((calledAt ?? performance.now()) - begin) / 1000;
    const unbuilt = await buildProblem(app.cwd);
    if (unbuilt) {
      process.exitCode = 1;
      console.log(unbuilt);
    }
    return rowOf(name, { ...app, passed, seconds, isBuilt: !unbuilt });
  } finally {
    await app?.stop();
    await backend.close();
  }
}
