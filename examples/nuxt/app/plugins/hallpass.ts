import { createAuthPlugin } from "hallpass/vue";
import type { RegisteredUser } from "hallpass";

export default defineNuxtPlugin(async (nuxt) => {
  const found = useFound();
  if (import.meta.server) {
    found.value = await userOf(useRequestHeader("cookie"), useRuntimeConfig().backend);
    // The page is for this visitor alone.
    useResponseHeader("cache-control").value = "private, no-store";
  }
  nuxt.vueApp.use(createAuthPlugin(client, { initial: found.value }));

  // Somebody is here now: data are loaded for them. A logout is not yet known at the server when it is here.
  void client?.then((client) =>
    client.subscribe(({ event }) => {
      if (event === "signed-in" || event === "subject-changed") void refreshNuxtData();
    }),
  );
});

/** Who sent this cookie. */
async function userOf(cookie: string | undefined, backend: string): Promise<RegisteredUser | null | undefined> {
  if (!cookie) return null;
  try {
    const response = await fetch(new URL("/auth/session/me", backend), { headers: { cookie }, signal: AbortSignal.timeout(2_000) });
    if (response.ok) return (await response.json()).user;
    return response.status === 401 ? null : undefined;
  } catch {
    // The backend is away: the page finds out.
    return undefined;
  }
}
