// The pages name what there is, all of it and nothing else.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inWords } from "../../pkg/src/faults.js";
import { checked } from "../../pkg/src/options.js";
import { checkedOptions } from "../../pkg/src/verify/options.js";
import { namedRows, namedSections, projectFile } from "./lib/docs.js";
import { members, membersOfMember, ownMembers, words } from "./lib/types.js";

const sorted = (names) => [...names].sort();

describe("docs/options.md", () => {
  test("has a section for each option that the package takes, and for no other", async () => {
    const sections = namedSections(await projectFile("docs/options.md"));
    assert.deepEqual(sorted(sections.keys()), sorted(taken()));
  });

  test("says of each its type, its default and what goes wrong with it", async () => {
    for (const [name, text] of namedSections(await projectFile("docs/options.md"))) {
      assert.match(text, /^- Type: /m, name);
      assert.match(text, /^- Default: /m, name);
      // What is read from an answer cannot be wrong in itself.
      if (!/^(fields\.|csrf\.field)/.test(name)) assert.match(text, /^- Error: /m, name);
      if (/`number`/.test(text.match(/^- Type: .*/m)[0])) assert.match(text, /^- Unit: /m, name);
    }
  });

  test("the types have the same options as the package takes", () => {
    const names = members("AuthOptions");
    const typed = names.flatMap((name) => {
      const inner = innerOf(name);
      return inner ? [name, ...membersOfMember("AuthOptions", name).map((member) => `${name}.${member}`)] : [name];
    });
    assert.deepEqual(sorted(typed), sorted(taken()));
  });

  test("the README's table names none that does not exist", async () => {
    const named = namedRows(await projectFile("README.md"), "Options");
    assert.ok(named.length > 0);
    assert.deepEqual(named.filter((name) => !taken().includes(name)), []);
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

  test("the README's table names none that does not exist", async () => {
    const named = namedRows(await projectFile("README.md"), "Errors");
    assert.ok(named.length > 0);
    assert.deepEqual(named.filter((code) => !words("AuthErrorCode").includes(code)), []);
  });
});

/** The options as the package itself names them when it refuses one. */
function taken() {
  const names = listOf(refusal({ "?": true }));
  return names.flatMap((name) => [name, ...(innerOf(name) ?? []).map((inner) => `${name}.${inner}`)]);
}

/** The members of an option that is a table of options. */
function innerOf(name) {
  const why = refusal({ mode: "jwt", [name]: { "?": true } });
  return /has no member/.test(why) ? listOf(why) : undefined;
}

function refusal(options) {
  try {
    checked(options);
    // Looked at where it is loaded.
    if (options.verify) checkedOptions(options);
  } catch (fault) {
    return Array.isArray(fault) ? inWords(...fault) : fault.message;
  }
  return assert.fail(`${Object.keys(options)} was accepted`);
}

function listOf(why) {
  return why.match(/there are: (.*)$/)[1].split(", ");
}

/** Variant to code, as `Code::as_str` has them. */
async function codes() {
  const core = await projectFile("src/core/port/error.rs");
  const body = core.match(/fn as_str.*?\n {4}\}/s)[0];
  const pairs = [...body.matchAll(/Code::(\w+) => "(\w+)"/g)].map(([, variant, code]) => [variant, code]);
  assert.equal(pairs.length, [...core.matchAll(/^ {4}([A-Z]\w*),$/gm)].length, "every variant was found");
  return new Map(pairs);
}
