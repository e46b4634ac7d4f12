import solid from "vite-plugin-solid";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [solid()],
  // One copy of the framework, as the package is linked from a folder beside this one.
  resolve: { dedupe: ["solid-js"] },
  server: { proxy: { "/auth": "http://localhost:8787", "/api": "http://localhost:8787" } },
});
