// The code that a page shows of a Rust app is a file that is compiled.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fences, projectFile } from "./lib/docs.js";

const files = {
  "docs/rust.md": "tests/rust-app/src/page.rs",
  ...Object.fromEntries(["leptos", "yew", "dioxus"].map((name) => [`docs/frameworks/${name}.md`, `examples/${name}/src/app.rs`])),
};

for (const [page, file] of Object.entries(files)) {
  test(`${page} shows ${file}`, async () => {
    const blocks = fences(await projectFile(page)).filter(({ language }) => language === "rust");
    const code = await projectFile(file);
    assert.ok(blocks.length > 0);
    for (const { text } of blocks) assert.ok(code.includes(text.trim()), text);
  });
}
