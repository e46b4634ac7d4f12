// Rollup, which needs plugins: one finds packages, as for every dependency of an app; one copies files that are imported.
import { nodeResolve } from "@rollup/plugin-node-resolve";
import url from "@rollup/plugin-url";
import { join } from "node:path";
import { rollup } from "rollup";
import { writePage } from "./lib/page.js";
import { matrix } from "./lib/matrix.js";
import { WASM } from "./lib/workspace.js";

matrix("Rollup", {
  wasm: WASM.import,
  async build(folder, dir) {
    const said = [];
    const bundle = await rollup({
      input: join(folder, "main.js"),
      plugins: [
        nodeResolve({ browser: true }),
        url({ include: "**/*.wasm", limit: 0, fileName: "[name].[hash][extname]", publicPath: "/" }),
      ],
      onLog: (level, { message }) => void (level === "info" || said.push(message)),
    });
    await bundle.write({ dir, format: "es" });
    await bundle.close();
    await writePage(dir, '<script type="module" src="/main.js"></script>');
    return said;
  },
});
