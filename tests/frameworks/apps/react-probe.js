// Everything within reach of a test.
import * as React from "react";
import { flushSync } from "react-dom";
import { createRoot, hydrateRoot } from "react-dom/client";
import { createAuth } from "hallpass";
import * as bindings from "hallpass/react";
import { counted, puppet } from "./clients.js";

globalThis.lib = { ...React, flushSync, createRoot, hydrateRoot, createAuth, ...bindings, counted, puppet };
