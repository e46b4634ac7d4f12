import type { RegisteredUser } from "hallpass";

/** Whom the server found: `null` is nobody; `undefined`, that the backend did not say. */
export const useFound = () => useState<RegisteredUser | null | undefined>("found", () => undefined);
