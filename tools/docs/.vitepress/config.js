// The site: the pages as they stand in the project, with the API's that TypeDoc has written.
import { existsSync, readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { slug } from "github-slugger";
import { defineConfig } from "vitepress";
import { links, repositoryUrl } from "../links.js";
import { API, files, place, root, sidebar } from "../pages.js";

const read = (path) => JSON.parse(readFileSync(`${root}${path}`, "utf8"));
const written = `${API}/typedoc-sidebar.json`;
if (!existsSync(`${root}${written}`)) throw new Error("TypeDoc has to run first: cargo xtask docs");

/** Pages become modules that import Vue, and stand where no `node_modules` is above them. */
const vueOfThisFolder = {
  name: "hallpass:vue",
  enforce: "pre",
  resolveId: (id, _, { ssr }) => (ssr && /^vue($|\/)/.test(id) ? { id, external: true } : null),
};

export default defineConfig({
  title: "hallpass",
  description: read("pkg/package.json").description,
  lang: "en",
  srcDir: root,
  // Of `cargo xtask docs`, which knows the target folder.
  outDir: process.env.HALLPASS_SITE,
  // The sidebar is in a file of its own, not in every page.
  metaChunk: true,
  // Folders without pages. Files beside pages, such as those of tests, are told below.
  srcExclude: ["!(docs|server|examples|tools)/**/*", "!(docs|tools)/*/**/*", "tools/!(docs)/**/*", "tools/*.md"],
  rewrites: place,
  async buildEnd({ pages, outDir }) {
    await copyFile(`${root}www/icon.svg`, `${outDir}/icon.svg`);
    const missing = [...files].filter((file) => !pages.includes(file));
    const strange = pages.filter((file) => !place(file));
    if (missing.length + strange.length) throw new Error(`not built: ${missing}; in no section: ${strange}`);
  },
  transformHead: ({ siteData }) => [["link", { rel: "icon", href: `${siteData.base}icon.svg`, type: "image/svg+xml" }]],
  markdown: {
    // Names of headings as the repository's pages have them.
    anchor: { slugify: slug },
    config: links,
    // The colours of those that VitePress takes by itself are too pale on its ground.
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    languageAlias: { cjs: "js" },
  },
  vite: { build: { chunkSizeWarningLimit: 4000 }, plugins: [vueOfThisFolder] },
  themeConfig: {
    logo: "/icon.svg",
    search: { provider: "local" },
    outline: [2, 3],
    sidebar: sidebar(read(written)),
    nav: [
      { text: "Quick start", link: "/quick-start.html" },
      { text: "Options", link: "/options.html" },
      { text: "API", link: "/api/" },
    ],
    socialLinks: [{ icon: "github", link: repositoryUrl }],
    editLink: { pattern: `${repositoryUrl}/edit/main/:path`, text: "Edit this page" },
  },
  transformPageData({ filePath, frontmatter }) {
    if (filePath.startsWith(`${API}/`)) return { frontmatter: { ...frontmatter, editLink: false } };
  },
});
