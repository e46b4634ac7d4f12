// Where the links of the pages lead in the site.
import { existsSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import { pageOfFolder, place, root } from "./pages.js";

const { repository } = JSON.parse(readFileSync(new URL("../../pkg/package.json", import.meta.url), "utf8"));

/** The repository as a browser opens it. */
export const repositoryUrl = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");

/** A file there. */
export const sourceUrl = (file) => `${repositoryUrl}/blob/main/${file}`;

/**
 * What a link in `page`, a file of the project, is in the site: a page where the target is one, also where it is named by the
 * repository's address; else the file or folder in the repository. What does not exist is left as it is, for the build to refuse.
 */
export function target(page, href) {
  const ours = [sourceUrl(""), `${repositoryUrl}/tree/main/`].find((start) => href.startsWith(start));
  if (!ours && /^([a-z]+:|#|\/)/i.test(href)) return href;
  const [path, hash = ""] = split(ours ? href.slice(ours.length) : href);
  const file = posix.join(ours ? "." : posix.dirname(page), decodeURI(path)).replace(/\/$/, "");
  if (place(file)) return `/${place(file)}${hash}`;
  if (!existsSync(`${root}${file}`)) return href;
  if (!statSync(`${root}${file}`).isDirectory()) return sourceUrl(file) + hash;
  const first = pageOfFolder(file);
  return first ? `/${place(first)}` : `${repositoryUrl}/tree/main/${file}`;
}

function split(href) {
  const at = href.indexOf("#");
  return at < 0 ? [href] : [href.slice(0, at), href.slice(at)];
}

/** For markdown-it. */
export function links(markdown) {
  markdown.core.ruler.push("hallpass_links", ({ tokens, env }) => {
    const page = posix.relative(root, env.realPath ?? env.path);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type === "link_open") token.attrSet("href", target(page, token.attrGet("href")));
    }
  });
}
