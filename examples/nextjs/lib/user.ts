import type { RegisteredUser } from "hallpass";

/** Who sent this cookie: `null` is nobody; `undefined`, that the backend did not say. */
export async function userOf(cookie: string | null): Promise<RegisteredUser | null | undefined> {
  if (!cookie) return null;
  try {
    const url = new URL("/auth/session/me", process.env.BACKEND ?? "http://localhost:8787");
    const response = await fetch(url, { headers: { cookie }, cache: "no-store", signal: AbortSignal.timeout(2_000) });
    if (response.ok) return (await response.json()).user;
    return response.status === 401 ? null : undefined;
  } catch {
    // The backend is away: the page finds out.
    return undefined;
  }
}
