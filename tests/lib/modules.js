// Where the npm packages of these tests are.
import { fileURLToPath } from "node:url";

export const modules = fileURLToPath(new URL("../node_modules", import.meta.url));
