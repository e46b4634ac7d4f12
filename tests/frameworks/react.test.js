// `hallpass/react`: the app of docs/frameworks/react.md, and its guards.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { onlyInAll } from "../lib/tier.js";
import { filesOf } from "./lib/pages.js";
import { install } from "./lib/project.js";
import { guarded, quickStart } from "./lib/quick-start.js";
import { openWorld } from "./lib/world.js";

/** The main file, as the page says that a router changes it. */
const withRouter = (main, file, from) =>
  main
    .replace('import App from "./App";', `import { RouterProvider } from "${from}";\nimport { router } from "${file}";`)
    .replace("<App />", "<RouterProvider router={router} />");

for (const [version, aliases] of Object.entries({
  "React 19": {},
  ...onlyInAll("React 19, and React 18 in react-probe.test.js", { "React 18": { react: "react18", "react-dom": "react-dom18" } }),
})) {
  describe(version, () => {
    let world;
    before(async () => {
      const hallpass = await install(aliases);
      const files = await filesOf("react");
      const main = files.get("src/main.tsx");
      files.set("src/router-main.tsx", withRouter(main, "./router", "react-router"));
      files.set("src/tanstack-main.tsx", withRouter(main, "./tanstack", "@tanstack/react-router"));
      const entries = { main: "src/main.tsx", router: "src/router-main.tsx", tanstack: "src/tanstack-main.tsx" };
      world = await openWorld(hallpass, "app", { files, entries });
    });
    after(() => world?.close());
    const at = (entry, path = "") => () => ({ ...world, url: world.origin(entry) + path });

    test("the bundler has nothing to complain of", () => assert.deepEqual(world.complaints, []));
    describe("quick start", () => quickStart(at("main", "/main.html"), { mode: "jwt" }));
    describe("React Router", () => guarded(at("router")));
    describe("TanStack Router", () => guarded(at("tanstack")));
  });
}
