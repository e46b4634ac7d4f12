// The decisions of a sign-in.

import unpacked from "../../dist/sso.js";
import { deciding } from "./module.js";

export { formOf } from "./module.js";
export const decide = deciding(unpacked);
