import type { LayoutServerLoad } from "./$types";

export const load: LayoutServerLoad = ({ url }) => ({ path: url.pathname });
