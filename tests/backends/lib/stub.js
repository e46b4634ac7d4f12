// A backend that knows nothing but the exchanges of a page.
import { createServer } from "node:http";
import { isDeepStrictEqual } from "node:util";

/**
 * Answers each request by an exchange of the same method, target and body, of which it has all headers and cookies; of
 * several, by the one that names most.
 */
export async function startStub(exchanges) {
  const played = new Set();
  const files = new Map();
  const unknown = [];
  const server = createServer(async (request, response) => {
    const file = files.get(request.url);
    if (file) return response.writeHead(200, { "content-type": file.type }).end(file.body);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const [exchange] = exchanges
      .filter((exchange) => matches(exchange, request, body))
      .sort((one, other) => conditions(other) - conditions(one));
    if (!exchange) {
      const { authorization = "", cookie = "" } = request.headers;
      unknown.push(`${request.method} ${request.url} ${authorization} ${cookie} ${body}`);
      response.writeHead(501).end();
      return;
    }
    played.add(exchange);
    for (const [name, value] of exchange.answer.headers) response.appendHeader(name, value);
    response.writeHead(exchange.status).end(exchange.answer.body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://localhost:${server.address().port}`,
    /** Path to type and body: what it serves beside the exchanges. */
    files,
    /** The exchanges that nobody has asked for. */
    unplayed: () => exchanges.filter((exchange) => !played.has(exchange)).map(({ title }) => title),
    /** Requests that the page does not have. */
    unknown,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

const conditions = ({ headers, cookies }) => headers.length + cookies.length;

function matches(exchange, request, body) {
  const cookies = (request.headers.cookie ?? "").split("; ");
  return (
    exchange.method === request.method &&
    exchange.target === request.url &&
    sameBody(exchange.body, body) &&
    exchange.headers.every(([name, value]) => request.headers[name] === value) &&
    exchange.cookies.every((cookie) => cookies.includes(cookie))
  );
}

function sameBody(expected, body) {
  if (!expected || !body) return expected === body;
  try {
    return isDeepStrictEqual(JSON.parse(expected), JSON.parse(body));
  } catch {
    return false;
  }
}
