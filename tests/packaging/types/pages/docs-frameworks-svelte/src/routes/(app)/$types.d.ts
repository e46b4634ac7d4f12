// As SvelteKit writes it for a folder of routes without data of a server.
export type LayoutLoad = import("@sveltejs/kit").Load;
