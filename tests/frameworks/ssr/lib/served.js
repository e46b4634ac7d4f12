// An app of `examples/` with a server of its own: built with the packed package, started, and put on one origin with the backend.
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { preview } from "vite";
import { freePort, startServer } from "../../../backends/lib/process.js";
import { launch } from "../../../packaging/lib/browser.js";
import { installPackage } from "../../../packaging/lib/package.js";
import { startBackend } from "../../lib/backend.js";

const run = promisify(execFile);

/** For a build or a check that hangs. */
const PATIENCE_MS = 600_000;

/** What npm and the builds make. */
const MADE = ["node_modules", ".work", ".next", ".svelte-kit", ".react-router", ".nuxt", ".output", "build"];

/**
 * Builds by `npm run build`, and by `npm run check` where there is one, and starts by `npm run start`. `env({ port, origin, backend })` is what the app
 * is told beside `BACKEND`: its own port, the address in the browser, the backend's. `prepare`: a command of npm that the folder of the example
 * needs first, as the app is built below it.
 */
export async function openServed(name, { env, check = true, prepare }) {
  const ends = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const root = await install(name, ends);
    const backend = await startBackend();
    ends.push(backend.close);
    const port = await freePort();
    const front = await openFront(root, port, backend);
    ends.push(front.close);
    const own = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1", BACKEND: backend.origin, ...env({ port, origin: front.origin, backend: backend.origin }) };
    delete own.NODE_TEST_CONTEXT;
    const npm = async (words, cwd = root) => {
      const { stdout, stderr } = await run("npm", words, { cwd, env: own, maxBuffer: 2 ** 24, shell: process.platform === "win32", timeout: PATIENCE_MS });
      return stdout + stderr;
    };
    if (prepare) await npm(prepare, exampleOf(name));
    const built = await npm(["run", "build"]);
    const checked = check ? await npm(["run", "check"]) : "";
    const app = await startServer("npm", ["run", "start"], { cwd: root, env: own }, `http://127.0.0.1:${port}/login`);
    ends.push(app.stop);
    const browser = await launch();
    ends.push(() => browser.close());
    return { origin: front.origin, root, backend, browser, built, checked, said: app.said, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const exampleOf = (name) => fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));

/** Below the example, whose packages are found there: `cargo xtask npm` installs them. */
async function install(name, ends) {
  const example = exampleOf(name);
  const work = join(example, ".work");
  await mkdir(work, { recursive: true });
  const hallpass = await installPackage(work);
  ends.push(() => hallpass.remove());
  // Frameworks take the folder with the lock file for that of the project.
  await rm(join(hallpass.root, "package-lock.json"), { force: true });
  for (const one of await readdir(example)) {
    if (!MADE.includes(one) && !one.includes("lock")) await cp(join(example, one), join(hallpass.root, one), { recursive: true });
  }
  return hallpass.root;
}

/** The one origin that the browser sees, as a server before both has it. */
async function openFront(root, port, backend) {
  const empty = join(root, ".front");
  await mkdir(join(empty, "dist"), { recursive: true });
  const target = (origin) => ({ target: origin, xfwd: true });
  const server = await preview({
    root: empty,
    configFile: false,
    logLevel: "error",
    appType: "custom",
    preview: {
      host: "127.0.0.1",
      port: 0,
      proxy: { "/auth/": target(backend.origin), "/api/": target(backend.origin), "/": target(`http://127.0.0.1:${port}`) },
    },
  });
  return {
    origin: `http://localhost:${server.httpServer.address().port}`,
    close: () => {
      server.httpServer.closeAllConnections();
      return server.close();
    },
  };
}
