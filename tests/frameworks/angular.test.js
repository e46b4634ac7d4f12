// `hallpass/angular`: the app of docs/frameworks/angular.md, with zone.js and without.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { angular, mainWith, withZone } from "./lib/angular.js";
import { filesOf } from "./lib/pages.js";
import { install } from "./lib/project.js";
import { guarded, quickStart } from "./lib/quick-start.js";
import { openWorld } from "./lib/world.js";

let world;
before(async () => {
  const hallpass = await install();
  const files = await filesOf("angular");
  files.set("src/app/app.config.zone.ts", withZone(files.get("src/app/app.config.ts")));
  files.set("src/zone.ts", mainWith("app.config.zone", "zone.js"));
  files.set("src/zoneless.ts", mainWith("app.config"));
  world = await openWorld(hallpass, "app", { files, entries: { zone: "src/zone.ts", zoneless: "src/zoneless.ts" }, plugins: [angular()] });
});
after(() => world?.close());

test("the bundler has nothing to complain of", () => assert.deepEqual(world.complaints, []));
for (const entry of ["zone", "zoneless"]) {
  const ready = () => ({ ...world, url: world.origin(entry) });
  describe(`${entry}: quick start`, () => quickStart(ready, { mode: "hybrid", me: "/auth/hybrid/refresh" }));
  describe(`${entry}: guards`, () => guarded(ready));
}
