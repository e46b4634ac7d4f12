import { defineConfig } from "vite";

export default defineConfig({
  // One copy of the framework, as the package is linked from a folder beside this one.
  resolve: { dedupe: ["react", "react-dom"] },
  server: { proxy: { "/auth": "http://localhost:8787", "/api": "http://localhost:8787" } },
});
