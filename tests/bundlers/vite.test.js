// Vite, the two versions that are in use, while developing and as built.
import { join } from "node:path";
import { matrix } from "./lib/matrix.js";
import { onlyInAll } from "../lib/tier.js";
import { WASM } from "./lib/workspace.js";

const versions = {
  "Vite 8": "vite",
  ...onlyInAll("Vite 8, and Rollup, with which Vite 7 builds, in its own test", { "Vite 7": "vite7" }),
};

for (const [version, name] of Object.entries(versions)) {
  const vite = await import(name);
  matrix(version, {
    wasm: WASM.query,
    async build(root, outDir) {
      const said = [];
      await vite.build({ ...config(root, said), build: { outDir } });
      return said;
    },
    async serve(root, backend) {
      const said = [];
      const proxy = { "/auth": backend, "/api": backend, "/.well-known": backend };
      const server = await vite.createServer({ ...config(root, said), server: { port: 0, proxy } });
      await server.listen();
      return {
        url: server.resolvedUrls.local[0],
        async close() {
          await server.close();
          if (said.length) throw new Error(`${version} warned: ${said.join("\n")}`);
        },
      };
    },
  });

  /** Whatever is worse than an information is kept in `said`, but not that a busy machine has let the build wait. */
  function config(root, said) {
    const customLogger = vite.createLogger("silent");
    for (const level of ["warn", "warnOnce", "error"]) {
      customLogger[level] = (text) => void (text.includes("[PLUGIN_TIMINGS]") || said.push(text));
    }
    return { root, configFile: false, logLevel: "warn", customLogger, cacheDir: join(root, ".vite"), clearScreen: false };
  }
}
