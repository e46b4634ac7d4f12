// An app for each client, on one origin: its page signs in at a click, and calls the API as soon as somebody is signed in.
import { readdir } from "node:fs/promises";
import { createServer } from "node:https";
import { basename } from "node:path";
import { aboutOf, bundle } from "../lib/bundle.js";
import { brotli } from "../lib/server.js";

const FOR_EVER = "public, max-age=31536000, immutable";
const FOLDER = new URL("clients/", import.meta.url);

/** hallpass, then the peers by name: `{ id, about, files }`, where a file is `{ name, url, contents, packed, isEager }`. */
export async function ssoClients() {
  const ids = (await readdir(FOLDER)).map((file) => basename(file, ".js")).sort((a, b) => (b === "hallpass") - (a === "hallpass") || a.localeCompare(b));
  return Promise.all(
    ids.map(async (id) => {
      const path = `./sso/clients/${id}.js`;
      const [own, about] = await Promise.all([bundle(`export { open } from "${path}";`), aboutOf(path)]);
      const files = own.map((file) => ({ ...file, url: `/bundle/${id}/${file.name}`, packed: brotli(Buffer.from(file.contents)) }));
      return { id, about, files };
    }),
  );
}

/**
 * `lets(authorization)`: whether the API lets in who sends this. `settings`: what the page opens its client with.
 * `take()` gives what has been asked for since the last time: `{ path, authorization }` each.
 */
export async function startSsoApp(clients, { tls, lets }) {
  const files = new Map(clients.flatMap(({ files }) => files).map((file) => [file.url, file]));
  const app = { settings: {}, asked: [] };
  const server = createServer(tls, async (request, response) => {
    const { pathname } = new URL(request.url, app.origin);
    const { authorization } = request.headers;
    app.asked.push({ path: pathname, authorization });
    const file = files.get(pathname);
    if (file) {
      const headers = { "Content-Type": "text/javascript", "Content-Encoding": "br", "Cache-Control": FOR_EVER };
      return response.writeHead(200, headers).end(file.packed);
    }
    const answer = (status, type, body) => response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" }).end(body);
    if (pathname.startsWith("/api/")) return answer((await lets(authorization)) ? 200 : 401, "application/json", "{}");
    const client = clients.find(({ id }) => pathname === `/${id}/`);
    if (client) return answer(200, "text/html", pageOf(client, { ...app.settings, redirectUri: `${app.origin}/${client.id}/` }));
    answer(404, "text/plain", "there is nothing");
  });
  await new Promise((resolve) => server.listen(0, resolve));
  return Object.assign(app, {
    origin: `https://localhost:${server.address().port}`,
    take: () => app.asked.splice(0),
    close: () => (server.close(), server.closeAllConnections()),
  });
}

/** `outcome` is what the client has come to on this page, and `pages` how many pages its tab has had. */
const pageOf = ({ id, files }, settings) => `<!doctype html><link rel="icon" href="data:,"><title>${id}</title>
${files.filter(({ isEager }) => isEager).map(({ url }) => `<link rel="modulepreload" href="${url}">`).join("")}
<button>Sign in</button>
<script type="module">
import { open } from "/bundle/${id}/index.js";
const now = () => performance.timeOrigin + performance.now();
const said = (error) => ({ error: [error?.name, error?.code ?? error?.errorCode, error?.message ?? String(error)].filter(Boolean).join(": ") });
globalThis.pages = Number(sessionStorage.getItem("bench.pages") ?? 0) + 1;
sessionStorage.setItem("bench.pages", pages);
try {
  const client = await open(${JSON.stringify(settings)});
  document.querySelector("button").onclick = () => {
    sessionStorage.setItem("bench.clicked", now());
    client.login().catch((error) => (globalThis.outcome = said(error)));
  };
  if (!client.user) globalThis.outcome = { user: null };
  else {
    const { status } = await client.call("/api/first");
    globalThis.outcome = { user: client.user, status, ms: now() - Number(sessionStorage.getItem("bench.clicked")) };
  }
} catch (error) {
  globalThis.outcome = said(error);
}
</script>`;
