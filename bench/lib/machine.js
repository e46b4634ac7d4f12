// What a figure depends on.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

/** The share of the processors' time that others use, looked at for two seconds in which this program does nothing. */
export async function busyShare() {
  const sum = () =>
    cpus().reduce(
      ([idle, all], { times }) => [idle + times.idle, all + Object.values(times).reduce((total, time) => total + time, 0)],
      [0, 0],
    );
  const [idle, all] = sum();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const [idleThen, allThen] = sum();
  return 1 - (idleThen - idle) / (allThen - all);
}

const jsonOf = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url)));

/** The versions of what is measured, by package. */
export const packages = () => ({ ...jsonOf("../package.json").devDependencies, hallpass: jsonOf("../../pkg/package.json").version });

export function header(engine, browser) {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    // Pages and results, which a run writes itself, change no figure.
    commit: git("rev-parse", "HEAD") + (git("status", "--porcelain", "--untracked-files=no", ":!docs", ":!bench/results") ? ", changed" : ""),
    engine,
    browser,
    node: process.version,
    cpu: processors[0].model.trim(),
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
  };
}
