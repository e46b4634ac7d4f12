// A backend in session mode, small enough to see through: `me`, and a folder of files beside it.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const types = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** What `me` answers. */
export const somebody = { status: 200, body: { user: { name: "Ada" } } };
export const nobody = { status: 401, body: { error: "invalid_token" } };

/**
 * Answers `/auth/me` and a logout; hands out the files of `root`, and `pages` (path to HTML) with the policy `csp`.
 * @returns {Promise<{origin: string, requests: string[], close: () => Promise<void>}>}
 */
export async function startBackend({ me = nobody, root, pages = {}, csp } = {}) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    requests.push(`${request.method} ${pathname}`);
    if (pathname === "/auth/me") {
      response.writeHead(me.status, { "content-type": "application/json" }).end(JSON.stringify(me.body));
      return;
    }
    if (pathname === "/auth/logout") {
      response.writeHead(204).end();
      return;
    }
    if (csp) response.setHeader("content-security-policy", csp);
    if (pages[pathname]) {
      response.writeHead(200, { "content-type": types[".html"] }).end(pages[pathname]);
      return;
    }
    try {
      const file = await readFile(join(root, normalize(pathname === "/" ? "/index.html" : pathname)));
      response.writeHead(200, { "content-type": types[extname(pathname)] ?? "text/html" }).end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://localhost:${server.address().port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
