import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [sveltekit()],
  server: { proxy: { "/auth": "http://localhost:8787", "/api": "http://localhost:8787" } },
});
