// Everything within reach of a test. The components are compiled in the page.
import "@angular/compiler";
import * as http from "@angular/common/http";
import * as core from "@angular/core";
import { bootstrapApplication, provideClientHydration } from "@angular/platform-browser";
import * as router from "@angular/router";
import { createAuth } from "hallpass";
import * as bindings from "hallpass/angular";
import { tap } from "rxjs";
import { counted, puppet } from "./clients.js";

const change = globalThis.Zone ? core.provideZoneChangeDetection() : core.provideZonelessChangeDetection();

/** An app whose component has `auth`, with `template`, in the element that a server has rendered or in a fresh one. */
async function start({ template = "", providers = [], component = {} }) {
  const { Component, inject } = core;
  const App = Component({ selector: "app-root", template, ...component })(
    class {
      auth = inject(bindings.Auth);
    },
  );
  const root = document.querySelector("app-root") ?? document.getElementById("root").appendChild(document.createElement("app-root"));
  const app = await bootstrapApplication(App, { providers: [change, ...providers] });
  return { app, get: (token) => app.injector.get(token), text: () => root.textContent.trim() };
}

globalThis.lib = { ...core, ...http, ...router, ...bindings, provideClientHydration, tap, createAuth, counted, puppet, start };
