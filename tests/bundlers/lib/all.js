// The folder of what only the tier `all` needs: Next.js, Deno and Bun are large.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const all = fileURLToPath(new URL("../all", import.meta.url));

/** A program of a package that there is once for each platform; `undefined` where there is none for this one. */
export function binary(scope, file) {
  const folder = join(all, "node_modules", scope);
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .map((name) => join(folder, name, file))
    .find((path) => existsSync(path));
}
