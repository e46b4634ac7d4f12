/** A path of this app: `//` and `/\` begin the address of another site. */
export const wanted = (to: unknown) => (typeof to === "string" && /^\/\w/.test(to) ? to : "/orders");
