import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  // One copy of the framework, as the package is linked from a folder beside this one.
  resolve: { dedupe: ["svelte"] },
  server: { proxy: { "/auth": "http://localhost:8787", "/api": "http://localhost:8787" } },
});
