// What `pkg/index.d.ts` declares, as the compiler reads it.
import { fileURLToPath } from "node:url";
import ts from "typescript";

const file = fileURLToPath(new URL("../../../pkg/index.d.ts", import.meta.url));
// Names are what is asked for: the types of browsers would take most of the time.
const program = ts.createProgram([file], { strict: true, exactOptionalPropertyTypes: true, lib: ["lib.es2022.d.ts"], types: [] });
const checker = program.getTypeChecker();
const exported = new Map(
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
    .map((symbol) => [symbol.getName(), symbol]),
);

const typeOf = (name) => checker.getDeclaredTypeOfSymbol(exported.get(name));
const parts = (type) => (type.isUnion() ? type.types : [type]);

/** The words of a union of literals. */
export const words = (name) => parts(typeOf(name)).map((part) => part.value);

/** The members that are declared, not those of the base class. */
export const ownMembers = (name) => [...exported.get(name).members.keys()].filter((member) => !member.startsWith("__"));
