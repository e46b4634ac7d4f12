// Everything within reach of a test.
import * as Vue from "vue";
import { createAuth } from "hallpass";
import * as bindings from "hallpass/vue";
import { counted, puppet } from "./clients.js";

globalThis.lib = { ...Vue, createAuth, ...bindings, counted, puppet };
