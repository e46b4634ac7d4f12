// Servers of other programs: a free port, a start that is waited for, an end.
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/**
 * A port that was free a moment ago, for a program that cannot be told to take any: from below those that the system gives
 * to whoever takes any, so that no other test gets it meanwhile.
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch {
      continue; // taken
    }
    server.close();
    await once(server, "close");
    return port;
  }
}

const clock = fileURLToPath(new URL("clock/", import.meta.url));
const WINDOWS = process.platform === "win32";

/** The environment in which a program, Node or Python, lets its clock be moved. */
const MOVABLE = {
  HALLPASS_CLOCK: "1",
  PYTHONPATH: clock,
  NODE_OPTIONS: `--require=${JSON.stringify(join(clock, "clock.cjs"))}`,
};

/** Starts a program and waits until `url` answers, whatever it answers. With `movable` its clock can be moved. */
export async function startServer(command, args, { movable = false, env = process.env, patienceMs = 60_000, ...options }, url) {
  const child = spawn(command, args, {
    ...options,
    env: movable ? { ...env, ...MOVABLE } : env,
    stdio: [movable ? "pipe" : "ignore", "pipe", "pipe"],
    // A group of its own, which ends as a whole.
    detached: !WINDOWS,
  });
  const end = (signal) => (WINDOWS ? child.kill(signal) : process.kill(-child.pid, signal));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  const ended = once(child, "exit");
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const isUp = async () => {
    try {
      await (await fetch(url)).text();
      return true;
    } catch {
      return false;
    }
  };
  const until = async (condition, what) => {
    const deadline = Date.now() + patienceMs;
    while (!(await condition())) {
      if (hasEnded() || Date.now() > deadline) {
        if (!hasEnded()) end("SIGKILL");
        throw new Error(`${command} ${args.join(" ")} ${what}; it said: ${said}`);
      }
      await pause(20);
    }
  };
  await until(isUp, `does not answer at ${url}`);
  let moves = 0;
  let ahead = 0;
  return {
    said: () => said,
    /** The time by its clock. */
    now: () => Date.now() + ahead * 1000,
    /** Moves its clock by so many seconds. */
    async forward(seconds) {
      moves++;
      ahead += seconds;
      child.stdin.write(`forward ${seconds}\n`);
      await until(() => said.match(/^moved/gm)?.length === moves, "does not move its clock");
    },
    async stop() {
      if (!hasEnded()) end("SIGTERM");
      await ended;
    },
  };
}
