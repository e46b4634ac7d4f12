// Everything within reach of a test.
import * as svelte from "svelte";
import { get } from "svelte/store";
import { createAuth } from "hallpass";
import * as bindings from "hallpass/svelte";
import { counted, puppet } from "./clients.js";
import Runes from "./Runes.svelte";
import Stored from "./Stored.svelte";
import Lost from "./Lost.svelte";

globalThis.lib = { ...svelte, get, createAuth, ...bindings, counted, puppet, Runes, Stored, Lost };
