// What the site of the pages says of them, as far as it can be told without building it, which `cargo xtask docs` does.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { describe, test } from "node:test";
import { repositoryUrl, target } from "../../tools/docs/links.js";
import { files, place, root, sidebar } from "../../tools/docs/pages.js";
import { pages } from "./lib/docs.js";

test("each page stands in one section", async () => {
  const beside = (await readdir(root)).filter((name) => name.endsWith(".md") && name !== "README.md");
  // What npm shows of the package is short for the README.
  const known = [...(await pages()).filter((page) => page !== "pkg/README.md"), ...beside, "server/README.md", "examples/README.md"];
  assert.deepEqual(known.filter((page) => !files.has(page)), [], "in no section of tools/docs/pages.js");
  assert.deepEqual([...files].filter((file) => !known.includes(file)), [], "there are no such pages");
  const linked = leaves(sidebar([])["/"]).map(({ link }) => link);
  assert.deepEqual(linked.filter((link, i) => linked.indexOf(link) !== i), [], "in two sections");
});

test("two pages have no place in common, in whatever case a server writes it", () => {
  const places = [...files].map((file) => place(file).toLowerCase());
  assert.equal(new Set(places).size, files.size);
});

describe("a link leads", () => {
  const cases = {
    "to a page": ["docs/faq.md", "tabs.md#how-it-is-shown", "/tabs.md#how-it-is-shown"],
    "to a page from a folder": ["docs/frameworks/vue.md", "../errors.md", "/errors.md"],
    "to the README": ["docs/quick-start.md", "../README.md#install", "/index.md#install"],
    "to a page beside docs/": ["README.md", "server/README.md", "/server.md"],
    "to the first page of a folder": ["README.md", "docs/decisions", "/decisions/0001-sans-io-core.md"],
    "to the README of a folder": ["README.md", "examples", "/examples.md"],
    "to a file in the repository": ["ARCHITECTURE.md", "src/lib.rs", `${repositoryUrl}/blob/main/src/lib.rs`],
    "to a folder in the repository": ["docs/frameworks/yew.md", "../../examples/yew", `${repositoryUrl}/tree/main/examples/yew`],
    "to a page that the types name": ["tools/docs/api/index.md", `${repositoryUrl}/blob/main/docs/sso.md#apis`, "/sso.md#apis"],
    "to another site": ["README.md", "https://rustup.rs", "https://rustup.rs"],
    "within its page": ["README.md", "#install", "#install"],
    "nowhere: the build refuses it": ["README.md", "docs/nothing.md", "docs/nothing.md"],
  };
  for (const [name, [page, href, wanted]] of Object.entries(cases)) test(name, () => assert.equal(target(page, href), wanted));
});

const leaves = (items) => items.flatMap((item) => (item.items ? leaves(item.items) : [item]));
