export default defineEventHandler((event) => {
  if (/^\/(auth|api)\//.test(event.path)) return proxyRequest(event, useRuntimeConfig().backend + event.path);
});
