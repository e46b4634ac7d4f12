// (a) What comes over the wire before a page can make a client.
import { constants, gzipSync } from "node:zlib";
import { bundle } from "../lib/bundle.js";
import { brotli } from "../lib/server.js";

export const engines = ["chromium"];

export async function run({ clients, files }) {
  const rows = [];
  for (const { id, about } of clients) {
    if (!about.entry) continue;
    const parts = (await bundle(about.entry)).filter(({ isEager }) => isEager).map(({ contents }) => contents);
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
        "The whole default import, bundled and minified by esbuild, with what it loads at once and without what it loads on demand; " +
        "`hallpass/slim` with its WebAssembly. Brotli at quality 11, gzip at level 9.",
      unit: "B",
      digits: 0,
      columns: ["brotli", "gzip", "minified"],
      plotted: [0],
      rows,
    },
  ];
}

