export default defineNuxtConfig({
  compatibilityDate: "2026-01-01",
  modules: ["@pinia/nuxt"],
  runtimeConfig: { backend: "http://localhost:8787" },
});
