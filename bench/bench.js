// Times hallpass beside bare fetch and its peers, in real headless Chromium. `cargo xtask bench` runs it.
import { mkdir, readFile, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "../tools/node_modules/esbuild/lib/main.js";

const COLD_STARTS = 21;
const CALL_ROUNDS = 15;
const CALLS_PER_ROUND = 200;

const here = fileURLToPath(new URL(".", import.meta.url));
const out = process.argv[2];
if (!out) throw new Error("name a folder for the bundles");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const clients = (await readdir(join(here, "clients"))).map((file) => basename(file, ".js"));
await build({
  entryPoints: clients.map((client) => join(here, "clients", `${client}.js`)),
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
});

const server = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROME, args: ["--no-sandbox"] });
try {
  await coldStarts();
  await calls();
} finally {
  await browser.close();
  server.close();
}

/** Import of the bundle to a client that can be used: each time in a profile that has seen nothing yet. */
async function coldStarts() {
  const times = new Map(clients.filter((client) => client !== "fetch").map((client) => [client, []]));
  for (let round = 0; round < COLD_STARTS; round++) {
    // In turn, so that a busy moment of the machine meets all of them.
    for (const [client, samples] of times) {
      samples.push(
        await inFreshPage((page) =>
          page.evaluate(async (url) => {
            const before = performance.now();
            const { start } = await import(url);
            await start();
            return performance.now() - before;
          }, `/${client}.js`),
        ),
      );
    }
  }
  console.log(`cold start: import, compile, client made; ms, ${COLD_STARTS} fresh profiles each`);
  table(times, 1);
}

/** One call of a signed-in client, against `fetch` with a header by hand. */
async function calls() {
  const measured = ["fetch", "hallpass", "hallpass-slim", "axios"];
  for (const network of [false, true]) {
    const times = new Map(
      Object.entries(await inFreshPage((page) => page.evaluate(callsInPage, { measured, network, CALL_ROUNDS, CALLS_PER_ROUND }))),
    );
    const where = network ? "over loopback HTTP" : "fetch replaced by one that answers at once";
    console.log(`\none call, ${where}; µs, ${CALL_ROUNDS} rounds of ${CALLS_PER_ROUND} one after the other`);
    table(times, 0);
  }
}

/** Runs in the page. */
async function callsInPage({ measured, network, CALL_ROUNDS, CALLS_PER_ROUND }) {
  const call = {};
  for (const client of measured) {
    const { start, signIn } = await import(`/${client}.js`);
    call[client] = await signIn(await start());
  }
  // After the login, which needs a real answer. A client that kept the old `fetch` would show as slow.
  if (!network) globalThis.fetch = async () => new Response(null, { status: 204 });
  const samples = Object.fromEntries(measured.map((client) => [client, []]));
  for (let round = 0; round < CALL_ROUNDS; round++) {
    for (const client of measured) {
      const before = performance.now();
      for (let n = 0; n < CALLS_PER_ROUND; n++) await call[client]("/orders");
      samples[client].push(((performance.now() - before) * 1000) / CALLS_PER_ROUND);
    }
  }
  return samples;
}

async function inFreshPage(work) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://localhost:${server.address().port}/`);
    return await work(page);
  } finally {
    await context.close();
  }
}

function table(times, digits) {
  const rows = [...times]
    .map(([client, samples]) => {
      const sorted = samples.toSorted((a, b) => a - b);
      const at = (share) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(digits);
      return { client, median: at(0.5), low: at(0.1), high: at(0.9) };
    })
    .sort((a, b) => a.median - b.median);
  console.log(`  ${"".padEnd(18)}${"median".padStart(9)}${"10 %".padStart(9)}${"90 %".padStart(9)}`);
  for (const { client, median, low, high } of rows) {
    console.log(`  ${client.padEnd(18)}${median.padStart(9)}${low.padStart(9)}${high.padStart(9)}`);
  }
}

/** The bundles, a login and an API that has nothing to say. */
async function serve() {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const token = `${encode({ alg: "none" })}.${encode({ sub: "ada", iat: now, exp: now + 3600 })}.`;
  const login = JSON.stringify({ access_token: token, token_type: "Bearer", expires_in: 3600 });
  const files = new Map([["/hallpass.wasm", [await readFile(join(here, "../pkg/dist/hallpass.wasm")), "application/wasm"]]]);
  for (const client of clients) files.set(`/${client}.js`, [await readFile(join(out, `${client}.js`)), "text/javascript"]);

  const server = createServer((request, response) => {
    const file = files.get(request.url);
    if (file) response.writeHead(200, { "content-type": file[1] }).end(file[0]);
    else if (request.url === "/auth/login") response.writeHead(200, { "content-type": "application/json" }).end(login);
    else if (request.url === "/") response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
    else response.writeHead(204).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
