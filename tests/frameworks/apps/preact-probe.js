// Everything within reach of a test.
import * as Preact from "preact";
import * as hooks from "preact/hooks";
import { createAuth } from "hallpass";
import * as bindings from "hallpass/preact";
import { counted, puppet } from "./clients.js";

globalThis.lib = { ...Preact, ...hooks, ...bindings, createAuth, counted, puppet };
