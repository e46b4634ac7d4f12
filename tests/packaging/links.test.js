// Links of the pages to files and headings of the project lead somewhere.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { fences, filesUnder, pages, projectFile } from "./lib/docs.js";

const packed = (await projectFile("tests/packaging/files.txt")).split("\n");
const more = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "server/README.md"];

for (const page of [...(await pages()), ...more]) {
  test(page, async () => {
    const broken = [];
    for (const target of links(await projectFile(page))) {
      const why = await wrong(page, target);
      if (why) broken.push(`${target}: ${why}`);
    }
    assert.deepEqual(broken, []);
  });
}

for (const file of [...(await filesUnder("pkg", ".d.ts")), "pkg/src/wrong-path.js"]) {
  test(`${file}: what it names of the pages can be followed from an installed package`, async () => {
    const text = await projectFile(file);
    assert.deepEqual([...text.matchAll(/(?<![/\w])docs\/[\w-]+\.md/g)].map(([name]) => name), []);
    // Whatever else is a link, as an editor shows it, leads to what is packed.
    const relative = links(text.replace(/^ *(\/\*\*|\*) ?/gm, ""));
    assert.deepEqual(relative.filter((target) => !packed.includes(target)), []);
    for (const [, target] of text.matchAll(/https:\/\/github\.com\/hallpass-auth\/hallpass\/blob\/main\/([^\s)"']+)/g)) {
      assert.equal(await wrong("README.md", target), undefined, target);
    }
  });
}

test("a link that leads nowhere is told", async () => {
  assert.deepEqual(links("[a](b.md) ![c](d.png) [e](https://f.example) `[g](h.md)`\n```md\n[i](j.md)\n```\n"), ["b.md", "d.png"]);
  assert.match(await wrong("docs/errors.md", "nothing.md"), /no file/);
  assert.match(await wrong("docs/errors.md", "#nothing"), /no heading/);
  assert.equal(await wrong("docs/errors.md", "#reasons"), undefined);
  assert.equal(await wrong("docs/errors.md", "../README.md#security-plainly"), undefined);
});

/** Where the relative links of a page lead. */
function links(text) {
  const prose = fences(text).reduce((rest, { text }) => (text ? rest.replace(text, "") : rest), text).replace(/`[^`\n]*`/g, "`");
  const found = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/^\[[^\]]+\]: (\S+)/gm)];
  return found.map(([, target]) => target).filter((target) => !/^[a-z]+:/.test(target));
}

async function wrong(page, target) {
  const [path, anchor] = target.split("#");
  const file = path ? posix.join(posix.dirname(page), path) : page;
  if (!existsSync(new URL(`../../${file}`, import.meta.url))) return "there is no file of that name";
  if (anchor && !anchors(await projectFile(file)).includes(anchor)) return "the page has no heading of that name";
}

/** The names of headings, as the usual renderers make them. */
function anchors(text) {
  const prose = fences(text).reduce((rest, { text }) => (text ? rest.replace(text, "") : rest), text);
  const taken = new Map();
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
    const name = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-");
    const times = taken.get(name) ?? 0;
    taken.set(name, times + 1);
    return times ? `${name}-${times}` : name;
  });
}
