// An app that signs in at a provider, on an origin of its own: the packed package, in files as a bundler splits them.
import { createServer } from "node:http";
import { join } from "node:path";
import { build } from "esbuild";

const main = `
  import { createAuth, isAuthError } from "hallpass";
  globalThis.createAuth = createAuth;
  globalThis.told = ({ code, message, status, retryable, serverCode, serverMessage, option, returnTo, appState }) =>
    ({ code, message, status, retryable, serverCode, serverMessage, option, returnTo, appState });
  globalThis.events = [];
  globalThis.config = await (await fetch("/config.json")).json();
  globalThis.auth = config.sso && (await createAuth(config));
  auth?.subscribe(({ event, reason }) => events.push(reason ? event + ": " + reason : event));
`;
const html = '<!doctype html><link rel="icon" href="data:,"><title>app</title><button>in</button><script type="module" src="/app/main.js"></script>';

/**
 * `options`: what `createAuth` gets. `api(request)` answers calls to `/api`: a status, JSON and perhaps headers. `run`: what each page does.
 * `backend(request, response)` is asked first, and says whether it has answered.
 */
export async function startApp(hallpass, { options = {}, api, headers = {}, run = "", backend } = {}) {
  const { outputFiles } = await build({
    stdin: { contents: `${main}\n${run}\nglobalThis.isReady = true;`, resolveDir: hallpass.root, sourcefile: "main.js" },
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    outdir: "/app",
    entryNames: "main",
    write: false,
  });
  const files = new Map(outputFiles.map(({ path, text }) => [path.replaceAll("\\", "/").replace(/^.*\/app\//, "/app/").replace("stdin", "main"), text]));
  const served = { options };
  const server = createServer(async (request, response) => {
    if (await backend?.(request, response)) return;
    const { pathname } = new URL(request.url, "http://localhost");
    const answer = (type, body, status = 200) => response.writeHead(status, { "content-type": type, "cache-control": "no-store", ...headers }).end(body);
    if (files.has(pathname)) return answer("text/javascript", files.get(pathname));
    if (pathname === "/config.json") return answer("application/json", JSON.stringify(served.options));
    // Under another name of this machine: a page of another site, with the app in a frame.
    if (pathname === "/outside") return answer("text/html", `<!doctype html><iframe src="http://localhost:${server.address().port}/"></iframe>`);
    if (pathname.startsWith("/api")) {
      const [status, body, more = {}] = await api(request);
      for (const [name, value] of Object.entries(more)) response.setHeader(name, value);
      return answer("application/json", JSON.stringify(body), status);
    }
    answer("text/html", html);
  });
  await new Promise((resolve) => server.listen(0, resolve));
  return {
    origin: `http://localhost:${server.address().port}`,
    set options(options) {
      served.options = options;
    },
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

/** A browser of its own with the app, and what it did: requests but for the app's own files. */
export async function visit(browser, origin, path = "/") {
  const context = await browser.newContext();
  context.setDefaultTimeout(10_000);
  // The provider's pages want a font of elsewhere.
  await context.route(/^https:/, (route) => route.abort());
  const complaints = [];
  const requests = [];
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin || url.pathname.startsWith("/api")) requests.push(`${request.method()} ${url.pathname}`);
  });
  const open = async (at = path) => {
    const tab = await context.newPage();
    await tab.goto(origin + at);
    await ready(tab);
    return tab;
  };
  return { context, tab: await open(), open, requests, complaints, close: () => context.close() };
}

export const ready = (tab) => tab.waitForFunction(() => globalThis.isReady);

/** What a call of the page comes to: its value, or what the error tells. */
export const outcome = (tab, call, argument) =>
  tab.evaluate(
    async ([call, argument]) => {
      try {
        return { value: await (0, eval)(call)(argument) };
      } catch (error) {
        return { error: told(error) };
      }
    },
    [String(call), argument],
  );
