// `hallpass/vue`: the app of docs/frameworks/vue.md, and its guard.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import vue from "@vitejs/plugin-vue";
import { filesOf } from "./lib/pages.js";
import { install } from "./lib/project.js";
import { guarded, quickStart } from "./lib/quick-start.js";
import { openWorld } from "./lib/world.js";

let world;
before(async () => {
  const hallpass = await install();
  const files = await filesOf("vue");
  // As the page says that a router changes it.
  files.set("src/RouterApp.vue", "<template><RouterView /></template>");
  const main = files.get("src/main.ts").replace("./App.vue", "./RouterApp.vue").replace(").mount", ").use(router).mount");
  files.set("src/router-main.ts", `import { router } from "./router";\n${main}`);
  const entries = { main: "src/main.ts", router: "src/router-main.ts" };
  world = await openWorld(hallpass, "app", { files, entries, plugins: [vue()] });
});
after(() => world?.close());
const at = (entry) => () => ({ ...world, url: world.origin(entry) });

test("the bundler has nothing to complain of", () => assert.deepEqual(world.complaints, []));
describe("quick start", () => quickStart(at("main"), { mode: "hybrid", me: "/auth/hybrid/refresh" }));
describe("Vue Router", () => guarded(at("router")));
