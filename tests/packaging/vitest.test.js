// The recipe of docs/testing.md for vitest, in jsdom.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { modules } from "../lib/modules.js";
import { link } from "./lib/app.js";
import { projectFile } from "./lib/docs.js";
import { installPackage } from "./lib/package.js";

const vitest = join(modules, "vitest/vitest.mjs");

let hallpass;
before(async () => {
  hallpass = await installPackage();
  await link(hallpass.root, ["vitest", "jsdom"]);
});
after(() => hallpass?.remove());

const orders = `
import { auth } from "./session.js";

export const orderCount = async () => (await (await auth.authFetch("/orders")).json()).length;

/** A button that shows who is signed in. */
export function badge() {
  const button = document.createElement("button");
  const show = () => (button.textContent = auth.user?.name ?? auth.getSnapshot().reason);
  auth.subscribe(show);
  show();
  return button;
}
`;

const more = `
test("shows the state, and gives up with a signal of the page", async () => {
  const { badge } = await import("./orders.js");
  const button = badge();
  expect(button.textContent).toBe("Ada");
  const controller = new AbortController();
  auth.fake.answer("/slow", () => new Promise(() => {}));
  const call = auth.authFetch("/slow", { signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toMatchObject({ name: "AbortError" });
  auth.fake.signOut("session_ended");
  expect(button.textContent).toBe("session_ended");
  expect(location.href).toMatch(/^http:/);
});
`;

test("the recipe of the page works in vitest with jsdom", async () => {
  const page = await projectFile("docs/testing.md");
  const [recipe] = /\/\/ src\/orders\.test\.js\n.*?(?=^```)/ms.exec(page);
  const [session] = /\/\/ src\/session\.js\n.*?(?=^```)/ms.exec(page);
  const app = join(hallpass.root, "src");
  await mkdir(app);
  await writeFile(join(app, "session.js"), session);
  await writeFile(join(app, "orders.js"), orders);
  await writeFile(join(app, "orders.test.js"), recipe + more);
  const args = [vitest, "run", "--root", hallpass.root, "--environment", "jsdom", "--reporter", "json", "--no-cache"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: hallpass.root }).catch((error) => error);
  const { numPassedTests, testResults } = JSON.parse(stdout.slice(stdout.indexOf("{")));
  const told = testResults.flatMap(({ message, assertionResults }) => [message, ...assertionResults.flatMap((result) => result.failureMessages)]);
  assert.equal(told.filter(Boolean).join("\n"), "");
  assert.equal(numPassedTests, 2);
});
