// hallpass beside bare fetch and its peers, in a real browser: `cargo xtask bench` runs it. The measures are in `measure/`, the clients
// in `clients/`, what comes of it in `results/` and docs/bench.md.
//
//   node bench.js [--engine chromium|firefox|webkit] [--only MEASURE]… [--client NAME]… [--quick]
import { parseArgs } from "node:util";
import { bundleAll } from "./lib/bundle.js";
import { launch } from "./lib/engines.js";
import { busyShare, header, packages } from "./lib/machine.js";
import { pagesOf } from "./lib/pages.js";
import { serve } from "./lib/server.js";
import { write } from "./report/write.js";

const MEASURES = ["bytes", "cold-start", "main-thread", "calls", "burst", "tabs", "memory", "tokens", "growth", "sso"];

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "chromium" },
    only: { type: "string", multiple: true },
    client: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
  },
});
const unknown = (values.only ?? []).filter((name) => !MEASURES.includes(name));
if (unknown.length) throw new Error(`there is no measure ${unknown}; there are ${MEASURES.join(", ")}`);

const bundled = await bundleAll();
const wanted = ({ id }) => values.client?.includes(id) ?? true;
const clients = bundled.clients.filter(wanted);
const cookieClients = Object.fromEntries(Object.entries(bundled.cookieClients).map(([mode, all]) => [mode, all.filter(wanted)]));
const server = await serve(bundled.files, pagesOf([...bundled.clients, ...Object.values(bundled.cookieClients).flat()]));
// For the first measure, as the browser is busy with itself when it has just been started.
const busyAtStart = await busyShare();
const engine = await launch(values.engine);
const head = header(values.engine, engine.version);
const bench = {
  /** What all others are held against, also where it is not among the clients that were asked for. */
  bare: bundled.clients.find(({ id }) => id === "fetch"),
  ...bundled,
  clients,
  cookieClients,
  engine,
  engineName: values.engine,
  server,
  /** How often to do something, out of how often it is done in a whole run. */
  rounds: (whole) => (values.quick ? Math.min(whole, 2) : whole),
  quick: values.quick,
};
const measures = {};
try {
  for (const name of MEASURES) {
    if (values.only && !values.only.includes(name)) continue;
    const measure = await import(`./measure/${name}.js`);
    if (!measure.engines.includes(values.engine)) continue;
    const busyBefore = Object.keys(measures).length ? await busyShare() : busyAtStart;
    const begun = new Date();
    const sections = await measure.run(bench);
    const seconds = Math.round((Date.now() - begun) / 1000);
    measures[name] = { date: begun.toISOString(), commit: head.commit, packages: packages(), busyBefore, seconds, sections };
    console.log(`${name}: ${measures[name].seconds} s`);
  }
} finally {
  await engine.close();
  server.close();
}
const about = Object.fromEntries([...bundled.clients, ...Object.values(bundled.cookieClients).flat()].map(({ path, about }) => [path, about]));
const isFull = !values.client && !values.quick;
await write({ header: { ...head, isFull }, about, measures }, MEASURES);
