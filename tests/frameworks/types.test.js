// What the compiler says to code that uses the bindings; an expectation that is not met is an error itself.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { modules } from "../lib/modules.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

for (const project of ["types", "types/registered"]) {
  test(`${project} compiles, and what is wrong in it does not`, async () => {
    const args = [join(modules, "typescript/bin/tsc"), "--project", here(`${project}/tsconfig.json`), "--pretty", "false"];
    const said = await new Promise((resolve) => execFile(process.execPath, args, (_, stdout, stderr) => resolve(stdout + stderr)));
    assert.equal(said, "");
  });
}
