// `hallpass/solid`: the app of docs/frameworks/solid.md.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import solid from "vite-plugin-solid";
import { filesOf } from "./lib/pages.js";
import { install } from "./lib/project.js";
import { quickStart } from "./lib/quick-start.js";
import { openWorld } from "./lib/world.js";

let world;
before(async () => {
  const hallpass = await install();
  world = await openWorld(hallpass, "app", { files: await filesOf("solid"), entries: { main: "src/index.tsx" }, plugins: [solid()] });
});
after(() => world?.close());

test("the bundler has nothing to complain of", () => assert.deepEqual(world.complaints, []));
describe("quick start", () => quickStart(() => ({ ...world, url: world.origin("main") }), { mode: "session", me: "/auth/session/me" }));
