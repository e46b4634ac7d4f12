// Pages with zone.js, as Angular's: what waits for the timers of a zone is not held up, and listeners hear in their own.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { runNode } from "../packaging/lib/package.js";
import { startScripted } from "../packaging/lib/scripted.js";
import { install } from "./lib/project.js";

const zone = pathToFileURL(createRequire(import.meta.url).resolve("zone.js"));
const answer = { access_token: "a", refresh_token: "r", expires_in: 900, user: { id: 7 } };

let hallpass;
let server;
before(async () => {
  hallpass = await install();
  server = await startScripted({ "POST /auth/login": [200, answer], "POST /auth/refresh": [200, answer] });
});
after(async () => {
  await server?.close();
  await hallpass?.remove();
});

/** What this text gives, with a zone that counts its timers as Angular's does. */
const inZone = async (text) => {
  const { value, stderr } = await runNode(
    hallpass.root,
    `await import(${JSON.stringify(zone.href)});
     const { createAuth } = await import("hallpass");
     let timers = 0;
     const zone = Zone.current.fork({
       name: "app",
       onScheduleTask: (parent, current, target, task) => {
         if (task.source === "setTimeout") timers += 1;
         return parent.scheduleTask(target, task);
       },
     });
     const options = { mode: "jwt", baseUrl: ${JSON.stringify(server.origin)} };
     ${text}`,
  );
  assert.equal(stderr, "");
  return value;
};

test("no timer is set in the zone of who calls", async () => {
  const counts = await inZone(`
    const auth = await zone.run(() => createAuth(options));
    const made = timers;
    await zone.run(() => auth.login({}));
    const loggedIn = timers;
    await zone.run(() => auth.refresh());
    console.log(JSON.stringify({ made, loggedIn, refreshed: timers, own: zone.run(() => (clearTimeout(setTimeout(() => {})), timers)) }));
    auth.dispose();`);
  assert.deepEqual(counts, { made: 0, loggedIn: 0, refreshed: 0, own: 1 });
});

test("a listener hears in the zone that it was added in, whoever causes the event", async () => {
  const names = await inZone(`
    const auth = await createAuth(options);
    const names = [];
    zone.run(() => auth.subscribe(() => names.push(Zone.current.name)));
    auth.subscribe(() => names.push(Zone.current.name));
    await auth.login({});
    console.log(JSON.stringify(names));
    auth.dispose();`);
  assert.deepEqual(names, ["app", "<root>"]);
});
