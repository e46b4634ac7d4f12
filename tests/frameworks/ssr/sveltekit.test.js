// SvelteKit with adapter-node, as docs/frameworks/sveltekit.md has it. It is large and slow, so only the tier `all` has it. What shows the same by
// default: that a server renders what `initial` says and the page takes it over, tests/frameworks/svelte-probe.test.js.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rendersOnBothSides } from "./lib/promises.js";
import { openServed } from "./lib/served.js";

let world;
before(async () => {
  world = await openServed("sveltekit", { env: ({ port, origin }) => ({ PORT: `${port}`, ORIGIN: origin }) });
});
after(() => world?.close());

test("it compiles without a complaint", () => {
  assert.match(world.checked, /found 0 errors and 0 warnings/);
});

rendersOnBothSides(() => world);
