// A page of docs/frameworks, followed in an empty folder: its commands, its files, its development server.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { namedBlocks, shellLines } from "../packaging/lib/docs.js";
import { filesOf, sectionOf } from "../frameworks/lib/pages.js";
import { FRAMEWORKS } from "./frameworks.js";

const WINDOWS = process.platform === "win32";
/** Questions of npm get its default answer, as by Enter; those of Angular's command line about its statistics are not put. */
const env = { ...process.env, npm_config_yes: "true", NG_CLI_ANALYTICS: "false", CI: "" };
/** For a command that does not end: one that installs Angular takes minutes. */
const COMMAND_MS = 900_000;
/** For a development server that neither ends nor serves. */
const PATIENCE_MS = 300_000;
/** The port of the pages. Here it may be taken. */
const BACKEND = "http://localhost:8787";
const starters = new Map((process.env.HALLPASS_STARTERS ?? "").split(" ").filter(Boolean).map((pair) => pair.split("=")));

/**
 * Runs the page's commands below `folder`, writes its files, and starts its development server. Two things are not as the page has
 * them: `tarball` stands for the name in the registry, and `backend` for the port.
 */
export async function followPage(name, { folder, tarball, backend }) {
  const text = await sectionOf(name, "Quick start");
  let cwd = folder;
  for (const line of shellLines(text)) {
    const words = line.split(/\s+/).map((word) => starters.get(word) ?? (word === "hallpass" ? tarball : word));
    if (words[0] === "cd") cwd = join(cwd, words[1]);
    else await command(words, cwd);
  }
  const setUp = await paste(cwd, await pageFiles(name, text, backend), FRAMEWORKS[name].own);
  const version = await versionOf(cwd, FRAMEWORKS[name].version);
  const [, run] = text.match(/^Run `([^`]+)`, and sign in\./m);
  return { version, setUp, cwd, ...(await developmentServer(run.split(" "), cwd)) };
}

/** What the starter checks and builds for a release: `undefined`, or what it complained of. */
export const buildProblem = (cwd) => command(["npm", "run", "build"], cwd).then(() => undefined, ({ message }) => message);

async function pageFiles(name, text, backend) {
  const files = new Map([...namedBlocks(text), ...(await filesOf(name, "Quick start"))]);
  return new Map([...files].map(([path, content]) => [path, content.replaceAll(BACKEND, backend)]));
}

/** Writes them over what the starter has made. Gives how many lines are new in the files that are not `own`. */
async function paste(cwd, files, own) {
  let lines = 0;
  for (const [path, content] of files) {
    const file = join(cwd, path);
    const there = new Set((await readFile(file, "utf8").catch(() => "")).split("\n").map(plain));
    if (!own.test(path)) lines += content.split("\n").map(plain).filter((line) => line && !there.has(line)).length;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return lines;
}

/** A line, whatever the quotes and ends that its author prefers. */
const plain = (line) => line.trim().replaceAll("'", '"').replace(/[;,]$/, "");

async function versionOf(cwd, name) {
  return JSON.parse(await readFile(join(cwd, "node_modules", name, "package.json"), "utf8")).version;
}

function start(words, cwd) {
  console.log(`$ ${words.join(" ")}`);
  const child = spawn(words[0], words.slice(1), { cwd, env, stdio: ["ignore", "pipe", "pipe"], shell: WINDOWS, detached: !WINDOWS });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += stripVTControlCharacters(String(data))));
  return { child, said: () => said, ended: once(child, "close") };
}

const kill = (child) => (WINDOWS ? child.kill() : process.kill(-child.pid, "SIGKILL"));

async function command(words, cwd) {
  const { child, said, ended } = start(words, cwd);
  const late = setTimeout(() => kill(child), COMMAND_MS);
  const [code] = await ended;
  clearTimeout(late);
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${said()}`);
}

/** Runs until `stop()`; `address` is what it prints. */
async function developmentServer(words, cwd) {
  const { child, said, ended } = start(words, cwd);
  const stop = async () => {
    if (child.exitCode === null) kill(child);
    await ended;
  };
  let late;
  try {
    const address = await new Promise((resolve, reject) => {
      child.stdout.on("data", () => {
        const [, found] = said().match(/Local:\s+(http:\/\/\S+)/) ?? [];
        if (found) resolve(found);
      });
      const fail = (what) => reject(new Error(`${words.join(" ")} ${what}: ${said()}`));
      ended.then(([code]) => fail(`ended with ${code}`));
      late = setTimeout(fail, PATIENCE_MS, "tells no address");
    });
    return { address, said, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(late);
  }
}
