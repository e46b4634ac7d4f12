// The app of a page's reader: its `auth.js` over the packed package, in a real browser, at the backend's own origin.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const types = { js: "text/javascript", wasm: "application/wasm", json: "application/json" };
const folder = "/hallpass-app/";
const html = `<!doctype html><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "hallpass": "${folder}node_modules/hallpass/index.js" } }</script>
<script type="module">
  import { auth } from "${folder}auth.js";
  globalThis.changes = [];
  auth.subscribe(({ event, reason }) => changes.push({ event, reason }));
  globalThis.auth = auth;
</script>`;

/** Opens the app of a page. `hallpass` is the installed package. */
export async function openApp(browser, origin, page, hallpass) {
  const context = await browser.newContext();
  await context.route(`${origin}${folder}**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice(folder.length);
    if (path === "") return route.fulfill({ contentType: "text/html; charset=utf-8", body: html });
    if (path === "auth.js") return route.fulfill({ contentType: types.js, body: page.auth });
    const body = await readFile(join(hallpass.root, path));
    return route.fulfill({ contentType: types[path.split(".").at(-1)], body });
  });
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
    async reload() {
      await tab.reload();
      await ready();
    },
    state: () =>
      tab.evaluate(() => {
        const { status, user, reason } = auth.getSnapshot();
        return { status, user, reason };
      }),
    /** `null`, or the error of a login. */
    login: (credentials) =>
      tab.evaluate(async (credentials) => {
        try {
          await auth.login(credentials);
          return null;
        } catch ({ name, code, status, serverCode, serverMessage, message }) {
          return { name, code, status, serverCode, serverMessage, message };
        }
      }, credentials),
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
    cookies: async () => new Map((await context.cookies(origin)).map(({ name, value }) => [name, value])),
    async close() {
      await context.close();
      if (complaints.length) throw new Error(`the page complained: ${complaints.join("\n")}`);
    },
  };
}
