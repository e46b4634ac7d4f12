// (a) What comes over the wire before a page can make a client.
import { constants, gzipSync } from "node:zlib";
import { bundle } from "../lib/bundle.js";
import { brotli } from "../lib/server.js";

export const engines = ["chromium"];

export async function run({ clients, files }) {
  const rows = [];
  let engine;
  for (const { id, about } of clients) {
    if (!about.entry) continue;
    const all = await bundle(about.entry);
    const parts = all.filter(({ isEager }) => isEager).map(({ contents }) => contents);
    if (id === "hallpass") engine = all.find(({ name }) => name.startsWith("engine-"));
    if (id === "hallpass-slim") parts.push(files.get("/hallpass.wasm"));
    const sum = (weigh) => ({ median: parts.reduce((total, bytes) => total + weigh(Buffer.from(bytes)), 0) });
    rows.push({
      client: id,
      cells: [sum((bytes) => brotli(bytes).length), sum((bytes) => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }).length), sum((bytes) => bytes.length)],
    });
  }
  return [
    {
      id: "bytes",
      title: "Bytes over the wire",
      how:
        "What loads before the first call: the default import, bundled and minified by esbuild, without what is loaded beside it or on demand. " +
        (engine ? `hallpass's engine, of ${brotli(engine.contents).length} B with brotli, loads beside the page. ` : "") +
        "`hallpass/slim` with its WebAssembly. Brotli at quality 11, gzip at level 9.",
      unit: "B",
      digits: 0,
      columns: ["brotli", "gzip", "minified"],
      plotted: [0],
      rows,
    },
  ];
}

