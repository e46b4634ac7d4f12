// `hallpass/preact`: the app of docs/frameworks/preact.md.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { filesOf } from "./lib/pages.js";
import { install } from "./lib/project.js";
import { quickStart } from "./lib/quick-start.js";
import { openWorld } from "./lib/world.js";

/** What Preact's own plugin sets. */
const jsx = { name: "preact", config: () => ({ oxc: { jsx: { runtime: "automatic", importSource: "preact" } } }) };

let world;
before(async () => {
  const hallpass = await install();
  world = await openWorld(hallpass, "app", { files: await filesOf("preact"), entries: { main: "src/main.tsx" }, plugins: [jsx] });
});
after(() => world?.close());

test("the bundler has nothing to complain of", () => assert.deepEqual(world.complaints, []));
describe("quick start", () => quickStart(() => ({ ...world, url: world.origin("main") }), { mode: "jwt" }));
