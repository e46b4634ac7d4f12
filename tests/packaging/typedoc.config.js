// The API's pages, out of the types of every entry: `npm run docs`.
import { readFileSync } from "node:fs";

const { exports } = JSON.parse(readFileSync(new URL("../../pkg/package.json", import.meta.url), "utf8"));

/** @type {import("typedoc").TypeDocOptions} */
export default {
  name: "hallpass",
  // Through `node_modules`, where libraries whose types they name are found.
  entryPoints: Object.values(exports).flatMap(({ types }) => (types ? [`../node_modules/hallpass/${types.slice(2)}`] : [])),
  tsconfig: "typedoc.tsconfig.json",
  out: "../../target/npm-docs",
  readme: "none",
  disableGit: true,
  sourceLinkTemplate: "https://github.com/hallpass-auth/hallpass/blob/main/{path}#L{line}",
  githubPages: false,
  excludeExternals: false,
  excludeNotDocumented: false,
  treatWarningsAsErrors: true,
  validation: { notExported: true, invalidLink: true, rewrittenLink: true, notDocumented: true, unusedMergeModuleWith: true },
};
