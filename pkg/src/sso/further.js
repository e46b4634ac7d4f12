// The decisions that few apps need: of APIs, and of proofs of possession.

import unpacked from "../../dist/further.js";
import { deciding } from "./module.js";

export const decide = deciding(unpacked);
