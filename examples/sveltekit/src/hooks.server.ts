import { redirect, type Handle } from "@sveltejs/kit";
import { userOf } from "$lib/server/user";

export const handle: Handle = async ({ event, resolve }) => {
  const { locals, request, route, url } = event;
  locals.user = await userOf(request.headers.get("cookie"));
  if (route.id?.startsWith("/(app)") && locals.user === null) {
    redirect(303, `/login?${new URLSearchParams({ to: url.pathname + url.search })}`);
  }
  const response = await resolve(event);
  // The page is for this visitor alone.
  response.headers.set("cache-control", "private, no-store");
  return response;
};
