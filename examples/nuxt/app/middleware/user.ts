export default defineNuxtRouteMiddleware(async (to) => {
  // The server has decided on this page.
  if (useNuxtApp().isHydrating) return;
  const isSignedOut = client ? (await client).status === "signed-out" : useFound().value === null;
  if (isSignedOut) return navigateTo({ path: "/login", query: { to: to.fullPath } });
});
