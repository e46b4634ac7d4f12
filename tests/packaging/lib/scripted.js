// A backend that answers as a test says, and remembers what it was asked.
import { createServer } from "node:http";

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
