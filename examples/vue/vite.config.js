import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [vue()],
  // One copy of the framework, as the package is linked from a folder beside this one.
  resolve: { dedupe: ["vue"] },
  server: { proxy: { "/auth": "http://localhost:8787", "/api": "http://localhost:8787" } },
});
