import { startDjango } from "../lib/django.js";

/** `settings` are more lines of Python at the end of the page's. */
export const start = async (page, hallpass, settings) => ({
  ...(await startDjango(page, settings)),
  api: "/api/orders/",
});
