// Nuxt with Pinia, as docs/frameworks/nuxt.md has it. It is large and slow, so only the tier `all` has it. What shows the same by
// default: that a server renders what `initial` says and the page takes it over, tests/frameworks/vue-probe.test.js.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rendersOnBothSides } from "./lib/promises.js";
import { openServed } from "./lib/served.js";

let world;
before(async () => {
  // The app is built below the example, and Vite reads the configuration of that too.
  const example = fileURLToPath(new URL("../../../examples/nuxt", import.meta.url));
  await promisify(execFile)("npx", ["nuxt", "prepare"], { cwd: example, env: { ...process.env, NUXT_TELEMETRY_DISABLED: "1" } });
  world = await openServed("nuxt", { env: ({ port, backend }) => ({ PORT: `${port}`, NUXT_BACKEND: backend }) });
});
after(() => world?.close());

test("it compiles without a complaint", () => {
  assert.doesNotMatch(world.checked, /warn|error/i);
});

rendersOnBothSides(() => world, { asksOnTheWay: false });
