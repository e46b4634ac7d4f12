// Servers of other programs: a free port, a start that is waited for, an end.
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

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

/** Starts a program and waits until `url` answers, whatever it answers. */
export async function startServer(command, args, options, url) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  const ended = once(child, "exit");
  const isUp = async () => {
    try {
      await (await fetch(url)).text();
      return true;
    } catch {
      return false;
    }
  };
  const deadline = Date.now() + 60_000;
  while (!(await isUp())) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${command} ${args.join(" ")} does not answer at ${url}; it said: ${said}`);
    }
    await pause(50);
  }
  return {
    said: () => said,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}
