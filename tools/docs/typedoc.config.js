// The API's pages, out of the types of every entry.
import { readFileSync } from "node:fs";
import { sourceUrl } from "./links.js";

const { exports } = JSON.parse(readFileSync(new URL("../../pkg/package.json", import.meta.url), "utf8"));

/** @type {import("typedoc").TypeDocOptions & import("typedoc-plugin-markdown").PluginOptions} */
export default {
  name: "API",
  plugin: ["typedoc-plugin-markdown", "typedoc-vitepress-theme"],
  // Through `node_modules`, where libraries whose types they name are found.
  entryPoints: Object.values(exports).flatMap(({ types }) => (types ? [`../../tests/node_modules/hallpass/${types.slice(2)}`] : [])),
  tsconfig: "typedoc.tsconfig.json",
  out: "api",
  docsRoot: ".",
  readme: "none",
  disableGit: true,
  basePath: "../../tests/node_modules/hallpass",
  displayBasePath: "../../tests/node_modules/hallpass",
  sourceLinkTemplate: `${sourceUrl("pkg/{path}")}#L{line}`,
  githubPages: false,
  excludeExternals: false,
  excludeNotDocumented: false,
  treatWarningsAsErrors: true,
  validation: { notExported: true, invalidLink: true, rewrittenLink: true, notDocumented: true, unusedMergeModuleWith: true },
};
