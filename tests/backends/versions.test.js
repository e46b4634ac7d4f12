// `docs/backends.md` says which version of what the tests run: those that are installed for them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { projectFile } from "../packaging/lib/docs.js";

const read = (path) => readFile(new URL(path, import.meta.url), "utf8");
const minor = (version) => version.split(".").slice(0, 2).join(".");

test("the versions in the list of what runs are those of the tests", async () => {
  const { devDependencies } = JSON.parse(await read("../package.json"));
  const pinned = [...(await read("requirements.txt")).matchAll(/^(\S+)==(\S+)$/gm)].map(([, name, version]) => [name, version]);
  const installed = new Map([...Object.entries(devDependencies), ...pinned].map(([name, version]) => [name.toLowerCase(), minor(version)]));
  const table = (await projectFile("docs/backends.md")).split("| pages | what runs |")[1];
  const named = [...table.matchAll(/([@\w/-]+) (\d+\.\d+)\b/g)].map(([, name, version]) => [name, version]);
  const ours = named.filter(([name]) => installed.has(name.toLowerCase()));
  assert.ok(ours.length >= 13, `only ${ours.length} were found: ${ours.join()}`);
  for (const [name, version] of ours) assert.equal(version, installed.get(name.toLowerCase()), name);
});
