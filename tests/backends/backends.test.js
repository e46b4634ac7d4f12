// Each page of `docs/backends`, against its real server or against the exchanges that it documents.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { after, before, describe } from "node:test";
import { onlyInAll } from "../lib/tier.js";
import { launch } from "../packaging/lib/browser.js";
import { filesUnder } from "../packaging/lib/docs.js";
import { installPackage } from "../packaging/lib/package.js";
import { flows } from "./lib/flows.js";
import { live } from "./lib/live.js";
import { readPage } from "./lib/page.js";
import { recipe } from "./lib/recipe.js";

let hallpass;
let browser;
const tools = { hallpass: () => hallpass, browser: () => browser };
before(async () => {
  hallpass = await installPackage();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await hallpass?.remove();
});

const presets = [];
for (const path of await filesUnder("docs/backends", ".md")) {
  const page = await readPage(path);
  const own = (file) => new URL(`${page.name}/${file}`, import.meta.url);
  const load = async (file) => (existsSync(own(file)) ? import(own(file)) : undefined);
  const server = await load("start.js");
  const checks = await load("checks.js");
  const whyNot = await server?.whyNot?.();
  const preset = [page, tools, server, checks, whyNot];
  if (server?.flows) presets.push(...(server.alike ? onlyInAll(server.alike, [preset]) : [preset]));
  else if (server) live(page, tools, server, checks, whyNot);
  // Where the server may be missing, the exchanges that the page documents are there.
  if (!server || (server.whyNot && page.exchanges.length)) recipe(page, tools);
}
// Most of their time is that of the server's process, which starts or answers.
describe("through all flows", { concurrency: availableParallelism() }, () => {
  for (const preset of presets) flows(...preset);
});
