// Rspack, in production mode and with its defaults.
import { promisify } from "node:util";
import { rspack } from "@rspack/core";
import { writePage } from "./lib/page.js";
import { matrix } from "./lib/matrix.js";
import { WASM } from "./lib/workspace.js";

matrix("Rspack", {
  wasm: WASM.url,
  async build(context, path) {
    const compiler = rspack({ mode: "production", context, entry: "./main.js", output: { path, publicPath: "/" } });
    const stats = await promisify(compiler.run.bind(compiler))();
    await promisify(compiler.close.bind(compiler))();
    await writePage(path, '<script src="/main.js"></script>');
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    return [...errors, ...warnings].map(({ message }) => message);
  },
});
