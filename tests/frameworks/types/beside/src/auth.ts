// The client's module, and beside it `hallpass.d.ts`, as docs/types.md has them.
import { createAuth } from "hallpass";

export const auth = createAuth({ mode: "hybrid" });
