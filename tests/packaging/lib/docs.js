// The pages, as text.
import { readdir, readFile } from "node:fs/promises";

const root = new URL("../../../", import.meta.url);

/** A file of the project by its path. */
export const projectFile = (path) => readFile(new URL(path, root), "utf8");

/** `README.md` and the pages of `docs/` and its folders, as paths. */
export async function pages() {
  const names = await readdir(new URL("docs/", root), { recursive: true });
  return ["README.md", "pkg/README.md", ...names.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
}

/** Sections under headings that are one name in code: `### \`name\``. */
export function namedSections(text) {
  const parts = text.split(/^#+ `([^`]+)`$/m);
  const sections = new Map();
  for (let i = 1; i < parts.length; i += 2) {
    if (sections.has(parts[i])) throw new Error(`two sections are headed ${parts[i]}`);
    // Up to the next heading, of whatever kind.
    sections.set(parts[i], parts[i + 1].split(/^#/m)[0]);
  }
  return sections;
}

/** The first cells of the rows of the table under a heading, where they are names in code, or links of that text. */
export function namedRows(text, heading) {
  const section = text.split(new RegExp(`^#+ ${heading}$`, "m"))[1]?.split(/^#/m)[0];
  if (section === undefined) throw new Error(`no section is headed ${heading}`);
  const cells = [...section.matchAll(/^\| (\[?`[^|]+) \|/gm)].map(([, cell]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
}

/** The files of a folder by how they end, as paths. */
export async function filesUnder(folder, ending) {
  const names = await readdir(new URL(`${folder}/`, root));
  return names.filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name}`);
}

/** The fenced blocks of a page: language, text, and the line where each begins. */
export function fences(text) {
  const blocks = [];
  let open;
  for (const [i, line] of text.split("\n").entries()) {
    if (open && line === open.fence) {
      blocks.push(open);
      open = undefined;
    } else if (open) {
      open.text += `${line}\n`;
    } else {
      // After the language there may be words for who reads the page by machine.
      const [, fence, language] = line.match(/^(```+)(\w*)/) ?? [];
      if (fence) open = { fence, language, text: "", line: i + 1 };
    }
  }
  if (open) throw new Error(`the block of line ${open.line} has no end`);
  return blocks;
}

/** The files that a page shows: blocks under a line that is one name in code and a colon. */
export function namedBlocks(text) {
  const lines = text.split("\n");
  const named = fences(text).map(({ line, text }) => [lines[line - 3]?.match(/^`([^`]+)`:$/)?.[1], text]);
  return new Map(named.filter(([name]) => name));
}

/** The commands that a page shows, without their comments. */
export function shellLines(text) {
  const blocks = fences(text).filter(({ language }) => language === "sh");
  const lines = blocks.flatMap(({ text }) => text.split("\n"));
  return lines.map((line) => line.replace(/(^|\s+)#.*$/, "").trim()).filter(Boolean);
}
