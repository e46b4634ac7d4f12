// `hallpass/angular` in the small: signals, guards, errors, servers, the end of things.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { runNode } from "../packaging/lib/package.js";
import { ada, options, startProbe } from "./lib/probe.js";

for (const kind of ["angular", "angular-zone"]) {
  describe(kind, () => {
    let probe;
    before(async () => (probe = await startProbe(kind, { own: ["angular-probe.js"] })));
    after(() => probe?.close());

    test("the bundler has nothing to complain of", () => assert.deepEqual(probe.complaints, []));

    test("the signals and the events follow the client, and the user's stays as it is at a refresh", async (t) => {
      const page = await probe.open(t);
      const result = await page.evaluate(
        async ({ options, ada }) => {
          const { createAuth, provideAuth, start, Auth, effect } = lib;
          const client = await createAuth(options);
          const { app, get, text } = await start({ template: "{{ auth.status() }}", providers: [provideAuth(Promise.resolve(client))] });
          const auth = get(Auth);
          const seen = { status: [], user: 0, expiresAt: 0, events: [], text: [] };
          auth.changes.subscribe(({ event }) => seen.events.push(event));
          effect(() => seen.status.push(auth.status()), { injector: app.injector });
          effect(() => void (auth.user(), (seen.user += 1)), { injector: app.injector });
          effect(() => void (auth.expiresAt(), (seen.expiresAt += 1)), { injector: app.injector });
          const settled = async () => (await app.whenStable(), await app.whenStable(), seen.text.push(text()));
          await settled();
          // Whoever calls, and in whichever zone.
          await client.login(ada);
          await settled();
          await auth.refresh();
          await settled();
          await auth.logout();
          await settled();
          return { ...seen, reason: auth.reason(), isSame: auth.snapshot().user === auth.user() };
        },
        { options, ada },
      );
      assert.deepEqual(result.status, ["signed-out", "signed-in", "signed-out"]);
      assert.deepEqual(result.text, ["signed-out", "signed-in", "signed-in", "signed-out"]);
      assert.deepEqual(result.events, ["signed-in", "refreshed", "signed-out"]);
      assert.deepEqual([result.user, result.expiresAt, result.reason, result.isSame], [3, 4, "logout", true]);
    });

    test("an app is stable at once, with a session that will be renewed", async (t) => {
      const page = await probe.open(t);
      const shown = await page.evaluate(
        async ({ options, ada }) => {
          const { createAuth, provideAuth, start, Auth } = lib;
          const { app, get, text } = await start({ template: "{{ auth.status() }}", providers: [provideAuth(() => createAuth(options))] });
          await app.whenStable();
          await get(Auth).login(ada);
          await app.whenStable();
          return text();
        },
        { options, ada },
      );
      assert.equal(shown, "signed-in");
    });

    test("the end of the app leaves no listener; a client that was handed in stays, one that was made here does not", async (t) => {
      // Angular complains of several apps with one component.
      const { page } = await probe.openQuiet(t);
      const result = await page.evaluate(async (options) => {
        const { createAuth, provideAuth, start, counted } = lib;
        const client = counted(await createAuth(options));
        const counts = [];
        for (const auth of [client, Promise.resolve(client), new Promise(() => {})]) {
          const { app } = await start({ providers: [provideAuth(auth)] });
          await app.whenStable();
          counts.push(client.listeners);
          app.destroy();
          counts.push(client.listeners);
        }
        const code = () => client.refresh().catch((error) => error.code);
        const before = await code();
        const { app } = await start({ providers: [provideAuth(() => client)] });
        app.destroy();
        await null;
        return { counts, codes: [before, await code()] };
      }, options);
      assert.deepEqual(result, { counts: [1, 0, 1, 0, 0, 0], codes: ["signed_out", "disposed"] });
    });

    test("a client that cannot be made: the signal `error`, and the app's error handler", async (t) => {
      const page = await probe.open(t);
      const result = await page.evaluate(async () => {
        const { createAuth, provideAuth, start, Auth, ErrorHandler } = lib;
        let handle;
        const handled = new Promise((resolve) => (handle = ({ option }) => resolve(option)));
        const providers = [provideAuth(() => createAuth({ mode: "oauth" })), { provide: ErrorHandler, useValue: { handleError: (error) => handle(error) } }];
        const { app, get } = await start({ providers });
        const option = await handled;
        await app.whenStable();
        return [option, get(Auth).status(), get(Auth).error().code];
      });
      assert.deepEqual(result, ["mode", "restoring", "config_invalid"]);
    });

    test("bad input names the cause and the cure", async (t) => {
      const { page } = await probe.openQuiet(t);
      const messages = await page.evaluate(async () => {
        const { provideAuth, provideHttpClient, provideRouter, puppet, signedInGuard, start, Router } = lib;
        const said = (providers) => start({ providers }).then(() => "nothing", ({ message }) => message);
        const wrong = [undefined, null, { mode: "jwt" }, () => undefined].map((auth) => said([provideAuth(auth)]));
        const { get } = await start({ template: "", component: { providers: [{ provide: lib.Auth, useValue: {} }] }, providers: [provideRouter([{ path: "**", children: [], canActivate: [signedInGuard] }])] });
        const guard = get(Router).navigateByUrl("/x").then(String, ({ message }) => message);
        return Promise.all([said([provideAuth(puppet()), provideHttpClient()]), guard, ...wrong]);
      });
      assert.match(messages[0], /^HttpClient does not call through hallpass: put provideAuth\(\) after provideHttpClient\(\)/);
      assert.match(messages[1], /^signedInGuard found no client: add provideAuth\(auth\).*two copies.*npm ls/);
      for (const message of messages.slice(2)) assert.match(message, /^provideAuth\(auth\) got no client: give it what createAuth/);
    });

    test("guards, wherever they stand, lead to the login and back, also when the status changes", async (t) => {
      const page = await probe.open(t);
      const result = await page.evaluate(async () => {
        const { provideAuth, provideRouter, puppet, signedInGuard, signedOutGuard, start, Router, RouterOutlet, Component } = lib;
        const Empty = Component({ template: "" })(class {});
        const auth = puppet({ status: "signed-out" });
        const routes = [
          { path: "in", component: Empty, canActivate: [signedOutGuard] },
          { path: "a", component: Empty, canActivate: [signedInGuard] },
          { path: "b", canActivateChild: [signedInGuard], children: [{ path: "c", component: Empty }] },
          { path: "d", component: Empty, canMatch: [signedInGuard] },
          { path: "", component: Empty },
        ];
        const paths = { loginUrl: "/in?a=1", homeUrl: "/a", returnParam: "to" };
        const { app, get } = await start({
          template: "<router-outlet/>",
          component: { imports: [RouterOutlet] },
          providers: [provideRouter(routes), provideAuth(auth, paths)],
        });
        const router = get(Router);
        const urls = [];
        const note = async () => (await app.whenStable(), urls.push(router.url));
        const go = async (url) => (await router.navigateByUrl(url), await note());
        for (const url of ["/a?q=1", "/b/c", "/d?q=2", "/"]) await go(url);
        await go("/d?q=2");
        auth.set({ status: "signed-in", user: {} });
        await note();
        auth.set({ status: "signed-in", user: {} });
        await note();
        auth.set({ status: "signed-out", user: null });
        await note();
        auth.set({ status: "signed-in", user: {} });
        for (const to of ["//evil.example", "https://evil.example", "/\\\\evil.example", ""]) await go(`/in?to=${encodeURIComponent(to)}`);
        await go("/in");
        auth.set({ status: "restoring", user: null });
        await go("/b/c");
        auth.set({ status: "signed-out" });
        await note();
        return urls;
      });
      const login = (url) => `/in?a=1&to=${encodeURIComponent(url)}`;
      assert.deepEqual(result, [
        login("/a?q=1"),
        login("/b/c"),
        login("/d?q=2"),
        "/",
        login("/d?q=2"),
        "/d?q=2",
        "/d?q=2",
        login("/d?q=2"),
        ...Array(5).fill("/a"),
        "/b/c",
        login("/b/c"),
      ]);
    });

    test("a server renders the wait, and the page hydrates from it without complaint or flash", async (t) => {
      const { value: html, stderr } = await render(probe.hallpass.root, `[() => { throw new Error("made on a server"); }, null, new Promise(() => {})]`);
      assert.equal(stderr, "");
      for (const one of html) assert.match(one, /<main[^>]*>.*<b>wait<\/b>.*<\/main>/s);
      assert.doesNotMatch(html[0], /<u>|<i>/);

      // A mismatch is an error in the console.
      const page = await probe.open(t);
      const result = await page.evaluate(
        async ({ body, template }) => {
          const { provideAuth, provideClientHydration, puppet, start } = lib;
          // With a mark of Angular's before the app.
          document.body.innerHTML = body;
          const root = document.body;
          const kept = root.querySelector("main");
          const shown = [];
          const main = () => root.querySelector("main").textContent.trim();
          new MutationObserver(() => shown.push(main())).observe(root, { childList: true, subtree: true, characterData: true });
          shown.push(main());
          const auth = puppet({ status: "signed-in", user: { name: "Ada" } });
          const { app } = await start({ template, providers: [provideClientHydration(), provideAuth(auth)] });
          const first = main();
          while (main() === "wait") await new Promise((resolve) => setTimeout(resolve, 5));
          await app.whenStable();
          return { first, shown: [...new Set(shown)], isKept: kept === root.querySelector("main") };
        },
        { body: html[0].match(/<body[^>]*>(.*)<\/body>/s)[1], template },
      );
      assert.deepEqual(result, { first: "wait", shown: ["wait", "in"], isKept: true });
    });

    test("the user that a server has found is rendered, taken over, and shown until the client knows", async (t) => {
      const { value: html } = await render(probe.hallpass.root, `[[null, { initial: { name: "Ada" } }], [null, { initial: () => null }], [null, { initial: undefined }]]`);
      for (const [i, text] of ["<u>in</u>", "<i>out</i>", "<b>wait</b>"].entries()) assert.ok(html[i].includes(text), html[i]);

      // A mismatch is an error in the console.
      const page = await probe.open(t);
      const result = await page.evaluate(
        async ({ body, template }) => {
          const { provideAuth, provideClientHydration, puppet, start } = lib;
          document.body.innerHTML = body;
          const root = document.body;
          const kept = root.querySelector("main");
          const main = () => root.querySelector("main").textContent.trim();
          const shown = [main()];
          new MutationObserver(() => shown.push(main())).observe(root, { childList: true, subtree: true, characterData: true });
          const auth = puppet({ status: "restoring" });
          const { app } = await start({ template, providers: [provideClientHydration(), provideAuth(auth, { initial: () => ({ name: "Ada" }) })] });
          await app.whenStable();
          const first = main();
          auth.set({ status: "signed-out", user: null });
          while (main() === "in") await new Promise((resolve) => setTimeout(resolve, 5));
          return { first, shown: [...new Set(shown)], isKept: kept === root.querySelector("main") };
        },
        { body: html[0].match(/<body[^>]*>(.*)<\/body>/s)[1], template },
      );
      assert.deepEqual(result, { first: "in", shown: ["in", "out"], isKept: true });
    });
  });
}

const template = `<main>@switch (auth.status()) { @case ("restoring") { <b>wait</b> } @case ("signed-in") { <u>in</u> } @default { <i>out</i> } }</main>`;

/** The pages that a server sends, each for what one of `given` hands to `provideAuth`: a client, or a list of arguments. */
const render = (root, given) =>
  runNode(
    root,
    `import "@angular/compiler";
     import { Component, inject, provideZonelessChangeDetection } from "@angular/core";
     import { provideHttpClient, HttpClient } from "@angular/common/http";
     import { bootstrapApplication, provideClientHydration } from "@angular/platform-browser";
     import { provideServerRendering, renderApplication } from "@angular/platform-server";
     import { Auth, provideAuth } from "hallpass/angular";
     // Angular says there in which mode it runs.
     const print = console.log;
     console.log = () => {};
     const App = Component({ selector: "app-root", template: ${JSON.stringify(template)} })(class {
       auth = inject(Auth);
       http = inject(HttpClient);
     });
     const html = [];
     for (const one of ${given}) {
       const auth = provideAuth(...[one].flat());
       const providers = [provideZonelessChangeDetection(), provideServerRendering(), provideClientHydration(), provideHttpClient(), auth];
       const bootstrap = (context) => bootstrapApplication(App, { providers }, context);
       html.push(await renderApplication(bootstrap, { document: "<body><app-root></app-root></body>", url: "/" }));
     }
     print(JSON.stringify(html));`,
  );
