// A backend that answers as a test says, and remembers what it was asked.
import { createServer } from "node:http";
import { join } from "node:path";
import { after, afterEach, before } from "node:test";
import { pathToFileURL } from "node:url";
import { installPackage } from "./package.js";

/** `routes`: method and path to `(asked) => [status, body, headers]`, or that list; a body that is no text is sent as JSON. */
export async function startScripted(routes) {
  const asked = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { pathname, search } = new URL(request.url, "http://localhost");
    const one = { name: `${request.method} ${pathname}`, search, headers: request.headers, body };
    asked.push(one);
    const route = routes[one.name] ?? [404, { message: "no such route" }];
    const [status, answer = "", headers = {}] = await (typeof route === "function" ? route(one) : route);
    const isText = typeof answer === "string";
    response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json", ...headers });
    response.end(isText ? answer : JSON.stringify(answer));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://localhost:${server.address().port}`,
    asked,
    /** The last request of this name. */
    last: (name) => asked.findLast((one) => one.name === name),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** Clients of the packed package in Node, each with a server of its own. What is left of the one before is ended. */
export function scriptedClients(name) {
  let hallpass;
  let createAuth;
  let last;
  let count = 0;
  const end = async () => {
    last?.auth?.dispose();
    await last?.server.close();
    last = undefined;
  };
  before(async () => {
    hallpass = await installPackage();
    ({ createAuth } = await import(pathToFileURL(join(hallpass.installed, "index.js"))));
  });
  afterEach(end);
  after(() => hallpass?.remove());
  const create = (options) => createAuth({ key: `${name} ${++count}`, ...options });
  return {
    create,
    /** A client of a server with these routes, and that server. */
    open: async (options, routes) => {
      await end();
      last = { server: await startScripted(routes) };
      last.auth = await create({ baseUrl: last.server.origin, ...options });
      return last;
    },
  };
}
