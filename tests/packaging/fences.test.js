// Each block of the pages says what it is, and is that, as far as somebody can tell who does not run it.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fences, pages, projectFile, shellLines } from "./lib/docs.js";

/** Who looks at a block of this language. */
const known = {
  js: "snippets.test.js",
  jsx: "snippets.test.js",
  ts: "snippets.test.js",
  tsx: "snippets.test.js",
  rust: "the crate's own tests",
  json: "this file",
  http: "this file",
  sh: "this file",
  html: "quick-start.test.js, and the tests of the frameworks",
  vue: "snippets.test.js, and the tests of the frameworks",
  svelte: "snippets.test.js, and the tests of the frameworks",
  ...Object.fromEntries(["cjs", "csharp", "java", "php", "python", "ruby"].map((name) => [name, "the tests of the backends"])),
  text: "nobody: it is no code",
};

/** The commands that a page may tell to run. */
const commands = ["cargo", "rustup", "npm", "npx", "node", "mkdir", "cd"];

for (const page of await pages()) {
  const text = await projectFile(page);
  const blocks = fences(text);
  if (!blocks.length) continue;
  test(page, async () => {
    const wrong = blocks.flatMap((block) => faults(block).map((fault) => `line ${block.line}: ${fault}`));
    assert.deepEqual(wrong, []);
    const xtask = await projectFile("xtask/src/main.rs");
    for (const line of shellLines(text)) {
      const [command, first, second] = line.split(" ");
      assert.ok(commands.includes(command), `${line}: ${command} is not among ${commands.join(", ")}`);
      if (command === "cargo" && first === "xtask") assert.ok(xtask.includes(`"${second}"`), `${line}: there is no such task`);
      if (command === "cargo" && second === "-p") assert.ok(existsSync(new URL("../../server/Cargo.toml", import.meta.url)));
    }
  });
}

test("a block that is not what it says is told", () => {
  assert.match(faults({ language: "", text: "" })[0], /no language/);
  assert.match(faults({ language: "cobol", text: "" })[0], /nobody looks/);
  assert.match(faults({ language: "json", text: "{ a: 1 }" })[0], /JSON/);
  assert.match(faults({ language: "http", text: "Cache-Control no-store" })[0], /header/);
  assert.deepEqual(faults({ language: "http", text: "HTTP/1.1 200 OK\nSet-Cookie: a=b; HttpOnly\n\n{}\n" }), []);
});

function faults({ language, text }) {
  if (!language) return ["it has no language"];
  if (!Object.hasOwn(known, language)) return [`nobody looks at ${language}`];
  if (language === "json") {
    try {
      JSON.parse(text);
    } catch (error) {
      return [String(error)];
    }
  }
  if (language === "http") {
    const [head] = text.trimEnd().split("\n\n");
    // A line that begins with a blank goes on with the one before.
    const lines = head.split("\n").filter((line) => !/^\s/.test(line));
    const start = /^(HTTP\/[\d.]+ \d{3}|[A-Z]+ \/\S*( HTTP\/[\d.]+)?$)/;
    return lines.filter((line) => !start.test(line) && !/^[A-Za-z-]+: \S/.test(line)).map((line) => `${line}: no header`);
  }
  return [];
}
