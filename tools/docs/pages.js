// Which files are pages of the site, where each stands in it, and in which section.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A page by its file; a folder stands for all its pages, in the order of their names. */
export const sections = [
  {
    text: "Start",
    pages: [
      { file: "README.md", text: "What hallpass is" },
      { file: "docs/quick-start.md", text: "Quick start" },
      { file: "docs/first-hour.md" },
      { file: "docs/sessions-and-tokens.md" },
      { file: "README.md", hash: "which-mode", text: "Which mode" },
      { file: "examples/README.md" },
      { file: "docs/faq.md" },
      { file: "docs/comparison.md", text: "How it compares" },
    ],
  },
  {
    text: "Frameworks",
    pages: [
      { folder: "docs/frameworks", without: "hallpass in " },
      { file: "docs/server-rendering.md" },
      { file: "docs/rust.md", text: "Rust apps" },
    ],
  },
  {
    text: "Backends",
    pages: [
      { file: "docs/backends.md", text: "All backends" },
      { text: "Each backend", collapsed: true, pages: [{ folder: "docs/backends" }] },
      { file: "docs/cross-origin.md" },
      { file: "server/README.md" },
      { file: "docs/stores.md" },
    ],
  },
  { text: "Single sign-on", pages: [{ file: "docs/sso.md" }, { file: "docs/dpop.md" }] },
  {
    text: "Your app",
    pages: [
      { file: "docs/http-libraries.md", text: "HTTP libraries" },
      { file: "docs/bundlers.md" },
      { file: "docs/testing.md" },
      { file: "docs/devtools.md" },
      { file: "docs/troubleshooting.md" },
    ],
  },
  {
    text: "Reference",
    pages: [
      { file: "docs/options.md" },
      { file: "docs/errors.md" },
      { file: "docs/types.md" },
      { text: "API", link: "/api/" },
      { file: "docs/fetch.md" },
      { file: "docs/glossary.md" },
    ],
  },
  {
    text: "How it works",
    pages: [
      { file: "docs/security.md" },
      { file: "docs/storage.md" },
      { file: "docs/credentials.md" },
      { file: "docs/verification.md" },
      { file: "docs/secrets.md" },
      { file: "docs/tabs.md" },
      { file: "docs/edge-cases.md" },
      { file: "docs/bench.md" },
      { file: "docs/load.md" },
    ],
  },
  { text: "Migrating", pages: [{ folder: "docs/migrating" }] },
  { text: "Decisions", collapsed: true, pages: [{ folder: "docs/decisions" }] },
  {
    text: "The project",
    collapsed: true,
    pages: [
      { file: "ARCHITECTURE.md" },
      { file: "CONTRIBUTING.md" },
      { file: "SECURITY.md", text: "Security policy" },
      { file: "CHANGELOG.md" },
      { file: "docs/tiers.md", text: "Tiers of the tests" },
      { file: "docs/fuzzing.md" },
      { file: "docs/mutants.md" },
    ],
  },
];

/** Where TypeDoc writes its pages. */
export const API = "tools/docs/api";

/** The place of a page in the site, or `undefined` if the file is none: `docs/sso.md` is `sso.md`, `README.md` the index. */
export function place(file) {
  if (file.startsWith(`${API}/`)) return `api/${file.slice(API.length + 1)}`.replace(/README\.md$/, "index.md");
  if (!files.has(file)) return undefined;
  if (file === "README.md") return "index.md";
  // Apart from the pages of `docs/`: there are two of the name of security.
  if (!file.includes("/")) return `project/${file.toLowerCase()}`;
  return file.replace(/^docs\//, "").replace(/\/README\.md$/, ".md");
}

/** The sidebar of VitePress. `api` is what TypeDoc's theme for it has written, which is long: it stands beside the API's pages alone. */
export const sidebar = (api) => ({
  "/": sections.map(group),
  "/api/": [{ text: "All pages", link: "/" }, { text: "API", link: "/api/", items: api }],
});

const group = ({ pages, ...rest }) => ({ ...rest, items: pages.flatMap(items) });

function items(entry) {
  if (entry.pages) return [group(entry)];
  if (entry.link) return [entry];
  return filesOf(entry).map((file) => ({
    text: entry.text ?? title(file).replace(entry.without ?? "", ""),
    link: `/${place(file).replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, ".html")}${entry.hash ? `#${entry.hash}` : ""}`,
  }));
}

/** The first heading. */
function title(file) {
  return readFileSync(`${root}${file}`, "utf8").match(/^# (.+)$/m)[1].replaceAll("`", "");
}

function filesOf({ file, folder, pages = [] }) {
  if (folder) return markdownOf(folder);
  return file ? [file] : pages.flatMap(filesOf);
}

function markdownOf(folder) {
  return readdirSync(`${root}${folder}`).filter((name) => name.endsWith(".md")).sort().map((name) => `${folder}/${name}`);
}

/** All files that stand in a section, once each. */
export const files = new Set(sections.flatMap(filesOf));

/** The page that a folder is: its README, or the first of its pages, beside which the sidebar has the others. */
export function pageOfFolder(folder) {
  const names = existsSync(`${root}${folder}/README.md`) ? [`${folder}/README.md`] : markdownOf(folder);
  return names.find((file) => files.has(file));
}
