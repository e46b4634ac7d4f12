// Parcel, with its default configuration.
import { createRequire } from "node:module";
import { join } from "node:path";
import { Parcel } from "@parcel/core";
import logger from "@parcel/logger";
import { matrix } from "./lib/matrix.js";

const { resolve } = createRequire(import.meta.url);

matrix("Parcel", {
  // It looks at `exports` only when it is told to; the file's own path needs no setting.
  wasm: 'export default new URL("npm:hallpass/dist/hallpass.wasm", import.meta.url);\n',
  async build(folder, distDir) {
    const said = [];
    const parcel = new Parcel({
      entries: join(folder, "index.html"),
      defaultConfig: resolve("@parcel/config-default"),
      cacheDir: join(folder, ".parcel-cache"),
      mode: "production",
      // For the newest browsers only it writes an import map into the page, which the backend's CSP forbids as any inline script.
      defaultTargetOptions: { engines: { browsers: ["safari 16.0"] }, distDir, shouldOptimize: true, sourceMaps: false },
      env: { NODE_ENV: "production" },
      shouldDisableCache: true,
      logLevel: "warn",
    });
    const listening = logger.default.onLog(({ level, diagnostics }) => {
      if (level === "warn" || level === "error") said.push(...diagnostics.map(({ message }) => message));
    });
    try {
      await parcel.run();
    } finally {
      listening.dispose();
    }
    return said;
  },
});
