// The types of every entry make pages, without a warning: each public name has its docstring, and each link leads somewhere.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const folder = fileURLToPath(new URL("../../tools/docs/", import.meta.url));
const typedoc = join(folder, "node_modules/typedoc/bin/typedoc");

test("TypeDoc makes the pages of the API without a warning", async () => {
  const out = await mkdtemp(join(tmpdir(), "hallpass-typedoc-"));
  try {
    const args = [typedoc, "--options", "typedoc.config.js", "--out", out, "--logLevel", "Warn"];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    assert.equal(stdout + stderr, "");
    assert.ok((await readdir(out)).includes("index.md"));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});
