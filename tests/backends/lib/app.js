// The app of a page's reader: its `auth.js` over the packed package, in a real browser, at the backend's own origin.
import { build } from "esbuild";

const folder = "/hallpass-app/";
const main = `
  import { auth } from "./auth.js";
  globalThis.changes = [];
  auth.subscribe(({ event, reason, serverCode, serverMessage }) => changes.push({ event, reason, serverCode, serverMessage }));
  globalThis.auth = auth;`;

/** The app of each page as one script: one that is opened a hundred times shall not ask for twenty each time. */
const scripts = new WeakMap();

async function scriptOf(page, hallpass) {
  const { outputFiles } = await build({
    stdin: { contents: main, resolveDir: hallpass.root },
    bundle: true,
    format: "esm",
    write: false,
    plugins: [
      {
        name: "the page's block",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^\.\/auth\.js$/ }, ({ path, importer }) => (importer === "<stdin>" ? { path, namespace: "page" } : undefined));
          onLoad({ filter: /.*/, namespace: "page" }, () => ({ contents: page.auth, resolveDir: hallpass.root }));
        },
      },
    ],
  });
  return outputFiles[0].text;
}

/**
 * Opens the app of a page. `hallpass` is the installed package. A backend that can takes the app's files as `files`, path to
 * content: to hand them to the browser by the way of the tests takes longer than to run them.
 */
export async function openApp(browser, origin, page, hallpass, files) {
  if (!scripts.has(page)) scripts.set(page, scriptOf(page, hallpass));
  const script = await scripts.get(page);
  const html = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="app.js"></script>';
  const context = await browser.newContext();
  const served = files ?? new Map();
  served.set(folder, { type: "text/html", body: html }).set(`${folder}app.js`, { type: "text/javascript", body: script });
  if (!files) {
    await context.route(`${origin}${folder}**`, (route) => {
      const { type, body } = served.get(new URL(route.request().url()).pathname);
      return route.fulfill({ contentType: type, body });
    });
  }
  const tab = await context.newPage();
  const complaints = [];
  tab.on("pageerror", (error) => complaints.push(String(error)));
  const requests = [];
  tab.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (!pathname.startsWith(folder)) requests.push(`${request.method()} ${pathname}${search}`);
  });
  const ready = () => tab.waitForFunction(() => globalThis.auth);
  await tab.goto(origin + folder);
  await ready();
  return {
    context,
    tab,
    /** What was asked of the backend, in order. */
    requests,
    /** `later` seconds by the page's clock, of which the page that is left knows nothing. */
    async reload(later = 0) {
      if (later) {
        await tab.goto("about:blank");
        await tab.clock.setSystemTime(Date.now() + later * 1000);
        await tab.goto(origin + folder);
      } else {
        await tab.reload();
      }
      await ready();
    },
    state: () =>
      tab.evaluate(() => {
        const { status, user, reason } = auth.getSnapshot();
        return { status, user, reason };
      }),
    /** `null`, or the error of a login. */
    login: (credentials, options) =>
      tab.evaluate(
        async ([credentials, options]) => {
          try {
            await auth.login(credentials, options);
            return null;
          } catch ({ name, code, status, serverCode, serverMessage, message, body }) {
            return { name, code, status, serverCode, serverMessage, message, body };
          }
        },
        [credentials, options],
      ),
    fetch: (target, { method = "GET", json, headers = json && { "content-type": "application/json" } } = {}) =>
      tab.evaluate(
        async ([target, init]) => {
          const response = await auth.authFetch(target, init);
          return { status: response.status, body: await response.text() };
        },
        [target, { method, headers, body: json && JSON.stringify(json) }],
      ),
    logout: () => tab.evaluate(() => auth.logout()),
    /** Runs lines of a page; `scope` has what they take for given. */
    run: (code, scope) =>
      tab.evaluate(
        ([code, names, values]) => {
          const AsyncFunction = (async () => {}).constructor;
          return new AsyncFunction(...names, code)(...values);
        },
        [code, Object.keys(scope), Object.values(scope)],
      ),
    /** What came with the change that signed out last, or `null`. */
    ended: () => tab.evaluate(() => changes.findLast(({ event }) => event === "signed-out") ?? null),
    /** What the browser has that lets it in: cookies, and what hallpass stores. */
    held: async () => ({
      cookies: await context.cookies(),
      record: await tab.evaluate(() => sessionStorage.getItem("hallpass:default")),
    }),
    /** Puts that back, and loads the page anew. */
    async restore({ cookies, record }) {
      await context.addCookies(cookies);
      await tab.evaluate((record) => record && sessionStorage.setItem("hallpass:default", record), record);
      await tab.reload();
      await ready();
    },
    cookies: async () => new Map((await context.cookies()).map(({ name, value }) => [name, value])),
    async close() {
      await context.close();
      if (complaints.length) throw new Error(`the page complained: ${complaints.join("\n")}`);
    },
  };
}
