// A page of `docs/backends`, taken apart into what runs and what is compared.
import { projectFile } from "../../packaging/lib/docs.js";

const FENCE = /^```(\w+)(?: (\S+))?\n(.*?)^```$/gms;

/** Its blocks, the options of its `createAuth`, and the exchanges that it documents. */
export async function readPage(path) {
  const text = await projectFile(path);
  const blocks = [...text.matchAll(FENCE)].map(([, language, file, code]) => ({ language, file, code }));
  const named = (file) => {
    const found = blocks.filter((block) => block.file === file);
    if (found.length !== 1) throw new Error(`${path} has ${found.length} blocks named ${file}, and needs one`);
    return found[0].code;
  };
  const auth = named("auth.js");
  return {
    name: path.match(/([^/]+)\.md$/)[1],
    text,
    blocks,
    named,
    has: (file) => blocks.some((block) => block.file === file),
    auth,
    options: await optionsOf(auth),
    exchanges: blocks.filter(({ language }) => language === "http").map(({ code }) => exchangeOf(code, path)),
  };
}

/** What the block hands to `createAuth`. */
async function optionsOf(code) {
  const stub = code.replace(/^import \{ createAuth \} from "hallpass";$/m, "const createAuth = (options) => options;");
  if (stub === code) throw new Error('auth.js has to begin with: import { createAuth } from "hallpass";');
  const { auth } = await import(`data:text/javascript,${encodeURIComponent(stub)}`);
  return auth;
}

/** A request and its answer, as they stand in an `http` block. */
function exchangeOf(code, path) {
  const at = code.search(/^HTTP\/1\.1 \d{3}/m);
  if (at < 1) throw new Error(`${path}: an http block is a request, and an answer that begins HTTP/1.1; not: ${code}`);
  const request = messageOf(code.slice(0, at));
  const answer = messageOf(code.slice(at));
  const [method, target] = request.start.split(" ");
  const cookies = request.headers.filter(([name]) => name === "cookie").flatMap(([, value]) => value.split("; "));
  return {
    method,
    target,
    headers: request.headers.filter(([name]) => name !== "cookie"),
    cookies,
    body: request.body,
    json: request.body ? JSON.parse(request.body) : undefined,
    status: Number(answer.start.split(" ")[1]),
    answer,
    title: `${method} ${target} with ${request.body || "no body"}: ${answer.start}`,
  };
}

function messageOf(text) {
  const [head, ...rest] = text.trim().split("\n\n");
  const [start, ...lines] = head.split("\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { start, headers, body: rest.join("\n\n") };
}
