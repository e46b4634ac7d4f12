// The pages for libraries of single sign-on are maps: what each library's client has, by its own types, is named there.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { projectFile } from "../packaging/lib/docs.js";

const file = fileURLToPath(new URL(`types-of-${process.pid}.ts`, import.meta.url));
after(() => rm(file, { force: true }));

const MAPS = {
  "oidc-client-ts": [
    "oidc-client-ts",
    { UserManager: "UserManager", UserManagerEvents: "UserManagerEvents", UserManagerSettings: "UserManagerSettings", User: "User" },
  ],
  "auth0-spa-js": ["@auth0/auth0-spa-js", { Auth0Client: "Auth0Client", Auth0ClientOptions: "Auth0ClientOptions" }],
  "msal-browser": [
    "@azure/msal-browser",
    {
      PublicClientApplication: "PublicClientApplication",
      auth: 'NonNullable<Configuration["auth"]>',
      cache: 'NonNullable<Configuration["cache"]>',
      system: 'NonNullable<Configuration["system"]>',
    },
  ],
};
/** What undoes an `add`, and what is marked as the library's own. */
const isBeside = (name, of) => /^_/.test(name) || (/Events$/.test(of) && /^(remove|load$|unload$)/.test(name));

for (const [page, [library, types]] of Object.entries(MAPS)) {
  test(`docs/migrating/${page}.md: names each member of ${Object.keys(types).join(", ")}`, async () => {
    const text = await projectFile(`docs/migrating/${page}.md`);
    const lines = Object.entries(types).map(([name, type]) => `export declare const of_${name}: ${type.replace(/\b(User\w*|Auth0\w+|Public\w+|Configuration)\b/g, "all.$1")};`);
    await writeFile(file, [`import type * as all from "${library}";`, ...lines].join("\n"));
    const program = ts.createProgram([file], {
      module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022, strict: true, skipLibCheck: true, types: [],
    });
    const checker = program.getTypeChecker();
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
    assert.equal(exported.length, lines.length);
    for (const symbol of exported) {
      const of = symbol.name.slice("of_".length);
      const members = checker.getTypeOfSymbol(symbol).getProperties().filter(isPublic).map(({ name }) => name);
      assert.ok(members.length > 1, `the types of ${library} have no ${of}`);
      const missing = members.filter((name) => !isBeside(name, of) && !new RegExp(`\\b${name}\\b`).test(text));
      assert.deepEqual(missing, [], of);
    }
  });
}

function isPublic({ declarations: [declaration] = [] }) {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return !declaration || !(ts.getCombinedModifierFlags(declaration) & hidden);
}
