// Nuxt with Pinia, as docs/frameworks/nuxt.md has it. It is large and slow, so only the tier `all` has it. What shows the same by
// default: that a server renders what `initial` says and the page takes it over, tests/frameworks/vue-probe.test.js.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rendersOnBothSides } from "./lib/promises.js";
import { openServed } from "./lib/served.js";

let world;
before(async () => {
  // Vite reads the configuration of the example's own folder too, which names what this makes.
  world = await openServed("nuxt", { prepare: ["exec", "nuxt", "prepare"], env: ({ port, backend }) => ({ PORT: `${port}`, NUXT_BACKEND: backend }) });
});
after(() => world?.close());

test("it compiles without a complaint", () => {
  assert.doesNotMatch(world.checked, /warn|error/i);
});

rendersOnBothSides(() => world, { asksOnTheWay: false });
