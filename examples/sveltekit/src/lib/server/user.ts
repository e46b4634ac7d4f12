import { env } from "$env/dynamic/private";
import type { RegisteredUser } from "hallpass";

/** Who sent this cookie. */
export async function userOf(cookie: string | null): Promise<RegisteredUser | null | undefined> {
  if (!cookie) return null;
  try {
    const url = new URL("/auth/session/me", env.BACKEND ?? "http://localhost:8787");
    const response = await fetch(url, { headers: { cookie }, signal: AbortSignal.timeout(2_000) });
    if (response.ok) return (await response.json()).user;
    return response.status === 401 ? null : undefined;
  } catch {
    // The backend is away: the page finds out.
    return undefined;
  }
}
