// Everything within reach of a test.
import * as Solid from "solid-js";
import { hydrate, render } from "solid-js/web";
import { createAuth } from "hallpass";
import { counted, puppet } from "./clients.js";
import * as parts from "./solid-parts.jsx";

globalThis.lib = { ...Solid, hydrate, render, createAuth, counted, puppet, ...parts };
