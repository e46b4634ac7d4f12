// The pages name what there is, all of it and nothing else.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { namedRows, namedSections, projectFile } from "./lib/docs.js";
import { ownMembers, words } from "./lib/types.js";

const sorted = (names) => [...names].sort();

// That it has each option, with its type and its default, and so have the types, is looked at by `cargo xtask check table`.
describe("docs/options.md", () => {
  test("says of each option what goes wrong with it, and its unit", async () => {
    for (const [name, text] of await options()) {
      // What is read from an answer cannot be wrong in itself.
      if (!/^(fields\.|csrf\.field)/.test(name)) assert.match(text, /^- Error: /m, name);
      if (/`number`/.test(text.match(/^- Type: .*/m)[0])) assert.match(text, /^- Unit: /m, name);
    }
  });

  test("its first table has each option, and no other", async () => {
    const named = namedRows(await projectFile("docs/options.md"), "Options");
    const known = [...(await options()).keys()].filter((name) => !name.includes("."));
    assert.deepEqual(sorted(named), sorted(known));
  });
});

describe("docs/errors.md", () => {
  test("has a section for each code of the core, and for no other", async () => {
    const sections = namedSections(await projectFile("docs/errors.md"));
    assert.deepEqual(sorted(sections.keys()), sorted((await codes()).values()));
  });

  test("the types have the codes of the core", async () => {
    assert.deepEqual(sorted(words("AuthErrorCode")), sorted((await codes()).values()));
  });

  test("says of each code when it comes, what to do, and which fields it has", async () => {
    const fields = ownMembers("AuthError");
    for (const [code, text] of namedSections(await projectFile("docs/errors.md"))) {
      for (const word of ["When", "What to do", "Retryable", "Fields"]) {
        assert.match(text, new RegExp(`^- ${word}: .`, "m"), code);
      }
      for (const [, field] of text.match(/^- Fields: (.*)/m)[1].matchAll(/`([^`]+)`/g)) {
        assert.ok(fields.includes(field), `${code} has a field ${field}`);
      }
    }
  });

  test("says of each code whether to try again, as the core does", async () => {
    const known = await codes();
    const core = await projectFile("src/core/port/error.rs");
    const body = core.match(/fn is_retryable.*?\n {4}\}/s)[0];
    const retryable = [...body.matchAll(/Code::(\w+)/g)].map(([, variant]) => known.get(variant));
    assert.ok(retryable.length > 0);
    const sections = [...namedSections(await projectFile("docs/errors.md"))];
    const told = sections.filter(([, text]) => /^- Retryable: yes/m.test(text)).map(([code]) => code);
    assert.deepEqual(sorted(told), sorted(retryable));
  });

  test("has each field of an error, and each reason", async () => {
    const page = await projectFile("docs/errors.md");
    assert.deepEqual(sorted(namedRows(page, "Fields")), sorted(["message", ...ownMembers("AuthError")]));
    assert.deepEqual(sorted(namedRows(page, "Reasons")), sorted(words("SignOutReason")));
  });

  test("its first table has each code, and no other", async () => {
    const named = namedRows(await projectFile("docs/errors.md"), "At a glance");
    assert.deepEqual(sorted(named), sorted(words("AuthErrorCode")));
  });
});

const options = async () => namedSections(await projectFile("docs/options.md"));

/** Variant to code, as `Code::as_str` has them. */
async function codes() {
  const core = await projectFile("src/core/port/error.rs");
  const body = core.match(/fn as_str.*?\n {4}\}/s)[0];
  const pairs = [...body.matchAll(/Code::(\w+) => "(\w+)"/g)].map(([, variant, code]) => [variant, code]);
  assert.equal(pairs.length, [...core.matchAll(/^ {4}([A-Z]\w*),$/gm)].length, "every variant was found");
  return new Map(pairs);
}
