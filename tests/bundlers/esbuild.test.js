// esbuild, with code splitting, so that what is loaded on demand stays apart.
import { build } from "esbuild";
import { join } from "node:path";
import { onlyInAll } from "../lib/tier.js";
import { writePage } from "./lib/page.js";
import { matrix } from "./lib/matrix.js";
import { WASM } from "./lib/workspace.js";

for (const splitting of [true, ...onlyInAll("esbuild with splitting", [false])]) {
  matrix(`esbuild ${splitting ? "with" : "without"} splitting`, {
    wasm: WASM.import,
    async build(folder, outdir) {
      const { errors, warnings } = await build({
        entryPoints: [join(folder, "main.js")],
        bundle: true,
        minify: true,
        format: splitting ? "esm" : "iife",
        splitting,
        outdir,
        publicPath: "/",
        loader: { ".wasm": "file" },
        logLevel: "silent",
      });
      await writePage(outdir, `<script ${splitting ? 'type="module" ' : ""}src="/main.js"></script>`);
      return [...errors, ...warnings].map(({ text }) => text);
    },
  });
}
