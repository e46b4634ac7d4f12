// React Router in framework mode, as docs/frameworks/react-router.md has it. It is large and slow, so only the tier `all` has it. What shows the same by
// default: that a server renders what `initial` says and the page takes it over, tests/frameworks/react-probe.test.js.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rendersOnBothSides } from "./lib/promises.js";
import { openServed } from "./lib/served.js";

let world;
before(async () => {
  world = await openServed("react-router", { env: ({ port }) => ({ PORT: `${port}` }) });
});
after(() => world?.close());

test("it compiles without a complaint", () => {
  assert.doesNotMatch(world.checked, /warn|error/i);
});

rendersOnBothSides(() => world);
