// docs/first-hour.md: a row for each page that can be followed, as `cargo xtask first-hour` has written it last.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FRAMEWORKS } from "../first-hour/frameworks.js";
import { projectFile } from "../packaging/lib/docs.js";
import { EXAMPLES, SERVED } from "./lib/examples.js";

const rows = [...(await projectFile("docs/first-hour.md")).matchAll(/^\| \[\w+\]\(frameworks\/(\w+)\.md\) (.*) \|$/gm)];

test("the page of each example that needs no server of its own is followed, and has a row", () => {
  const followed = EXAMPLES.filter((name) => !SERVED[name]).sort();
  assert.deepEqual(Object.keys(FRAMEWORKS).sort(), followed);
  assert.deepEqual(rows.map(([, name]) => name).sort(), followed);
});

for (const [, name, cells] of rows) {
  test(`${name}: nothing beyond the page was needed, and each step passed`, () => {
    const [version, setUp, beyond, minutes, steps, builds] = cells.split(" | ");
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.ok(Number(setUp) > 0 && Number(minutes) > 0);
    assert.deepEqual([beyond, steps, builds], ["0", "5 of 5", "yes"]);
  });
}
