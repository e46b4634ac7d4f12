import { redirect } from "@sveltejs/kit";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals, url }) => {
  const to = url.searchParams.get("to") ?? "";
  // A path of this app: `//` and `/\` begin the address of another site.
  if (locals.user) redirect(303, /^\/\w/.test(to) ? to : "/orders");
};
