// The reference backend, as it is built.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts it on a free port. `statics`: prefix to the folder that is served there. */
export async function startServer({ statics = {}, args = [] } = {}) {
  const file = process.env.HALLPASS_SERVER;
  if (!file) throw new Error("HALLPASS_SERVER has to name the built reference backend; `cargo xtask npm` builds it and sets that");
  const served = Object.entries(statics).flatMap(([prefix, folder]) => ["--static", `${prefix}=${folder}`]);
  const child = spawn(file, ["--port", "0", ...served, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const origin = await new Promise((resolve, reject) => {
    child.once("error", reject);
    ended.then((code) => reject(new Error(`the reference backend ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [address] = line.match(/https?:\/\/[^\s/]+/) ?? [];
      if (address) resolve(address);
    });
  });
  return {
    origin,
    close() {
      child.kill();
      return ended;
    },
  };
}
