import { createAuth } from "hallpass";

globalThis.app = { createAuth };
