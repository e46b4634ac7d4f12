import { reactRouter } from "@react-router/dev/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [reactRouter()],
  server: { proxy: { "/auth": "http://localhost:8787", "/api": "http://localhost:8787" } },
});
