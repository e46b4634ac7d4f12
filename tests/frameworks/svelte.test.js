// `hallpass/svelte`: the app of docs/frameworks/svelte.md, and the other components that it shows.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { compile } from "svelte/compiler";
import { filesOf } from "./lib/pages.js";
import { install } from "./lib/project.js";
import { quickStart } from "./lib/quick-start.js";
import { everShown, signIn, visit } from "./lib/visit.js";
import { openWorld } from "./lib/world.js";

/** As `npm create vite` makes it. */
const main = (component) => `
  import { mount } from "svelte";
  import App from "./${component}.svelte";
  mount(App, { target: document.getElementById("app") });`;

let world;
let files;
before(async () => {
  const hallpass = await install();
  files = await filesOf("svelte");
  files.set("src/main.js", main("App"));
  files.set("src/frame.js", main("Frame"));
  files.set("src/guard.js", main("Guarded"));
  files.set(
    "src/Guarded.svelte",
    '<script>import Guard from "./Guard.svelte"; import Orders from "./Orders.svelte";</script><Guard><Orders /></Guard>',
  );
  const entries = { main: "src/main.js", frame: "src/frame.js", guard: "src/guard.js" };
  world = await openWorld(hallpass, "app", { files, entries, plugins: [svelte({ configFile: false })] });
});
after(() => world?.close());

test("the bundler has nothing to complain of", () => assert.deepEqual(world.complaints, []));
describe("quick start", () =>
  quickStart(() => ({ ...world, url: world.origin("main") }), { mode: "session", me: "/auth/session/me" }));

test("by context, as a store", async (t) => {
  const one = await visit(world.browser);
  t.after(() => one.close());
  const page = await one.open(world.origin("frame"));
  await page.waitForSelector("text=signed-out");
  assert.deepEqual(await everShown(page), ["restoring", "signed-out"]);
});

test("a guard around a page shows the login in its place", async (t) => {
  const one = await visit(world.browser);
  t.after(() => one.close());
  const page = await one.open(world.origin("guard"));
  await signIn(page);
  await page.waitForSelector("text=Hello Ada");
  await page.click("text=Sign out");
  await page.waitForSelector("form");
});

test("every component of the page compiles, for browsers and for servers, without a warning", () => {
  const components = [...files].filter(([name]) => name.endsWith(".svelte"));
  assert.ok(components.some(([name]) => name.includes("+layout")));
  for (const [filename, code] of components) {
    for (const generate of ["client", "server"]) {
      const { warnings } = compile(code, { filename, generate, runes: undefined });
      assert.deepEqual(warnings.map(({ message }) => message), [], filename);
    }
  }
});
