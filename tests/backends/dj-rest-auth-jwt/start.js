import { startDjango } from "../lib/django.js";

export const start = async (page) => ({ ...(await startDjango(page)), api: "/api/orders/" });
