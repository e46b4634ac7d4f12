import { create } from "./src/auth.js";
import { AuthError } from "./src/error.js";
import { loaded, loadOnce } from "./src/load.js";

export { AuthError, isAuthError } from "./src/error.js";

export const load = async (source) => {
  await loadOnce((imports) => instantiate(source, imports));
};

export const createAuth = async (options) => {
  const open = await loaded();
  if (!open) throw new AuthError("unsupported", "the WebAssembly is not loaded: call load(source) first");
  return create(open, options);
};

async function instantiate(source, imports) {
  const module = await compile(await (typeof source === "string" || source instanceof URL ? request(source) : source));
  const wanted = WebAssembly.Module.imports(module);
  const given = Object.values(imports).reduce((sum, names) => sum + Object.keys(names).length, 0);
  if (wanted.length !== given || !wanted.every(({ module, name }) => imports[module]?.[name])) {
    throw unusable("the WebAssembly is of another release than the scripts; build and deploy both together, with a hash in the file's name or without caching it");
  }
  return { instance: await WebAssembly.instantiate(module, imports), module };
}

async function request(source) {
  try {
    return await fetch(source);
  } catch (cause) {
    const text = `no answer for ${source}; look at the address, CORS and connect-src, and in Node give the bytes of the file`;
    throw new AuthError("network_error", text, { cause, retryable: true });
  }
}

/** The answer breaks off: what had come is of no use. */
const brokenOff = (url, cause) =>
  new AuthError("network_error", `the answer of ${url} breaks off; try again`, { cause, retryable: true });

async function compile(given) {
  if (given instanceof WebAssembly.Module) return given;
  if (!(given instanceof Response)) return compileBytes(given, "what load was given");
  const { ok, status, url } = given;
  if (!ok) {
    const text = `${url} answers with status ${status}; the file hallpass/hallpass.wasm has to be served there`;
    const fails = status === 408 || status >= 500;
    throw new AuthError(fails ? "server_error" : "unsupported", text, { status, retryable: fails });
  }
  // Served as anything else, it cannot be compiled while it comes.
  return given.headers.get("Content-Type") === "application/wasm"
    ? intact(WebAssembly.compileStreaming(given), url)
    : compileBytes(await bytesOf(given), url);
}

async function bytesOf(response) {
  try {
    return await response.arrayBuffer();
  } catch (cause) {
    throw brokenOff(response.url, cause);
  }
}

async function compileBytes(source, name) {
  if (!(source instanceof ArrayBuffer || ArrayBuffer.isView(source))) {
    throw unusable(`${name} is no URL, Response, bytes or WebAssembly.Module; have the bundler give the file's URL`);
  }
  const start = new TextDecoder().decode(new Uint8Array(source.buffer ?? source, source.byteOffset, source.byteLength).subarray(0, 99));
  if (/^\s*</.test(start)) {
    throw unusable(`${name} is a page instead of the WebAssembly: the server answers so for what it does not find; take the file's URL from the bundler, and deploy the file`);
  }
  return intact(WebAssembly.compile(source), name);
}

async function intact(compiling, name) {
  try {
    return await compiling;
  } catch (cause) {
    if (cause instanceof TypeError) throw brokenOff(name, cause);
    if (!(cause instanceof WebAssembly.CompileError) || !mayCompile()) throw cause;
    throw unusable(`${name} is no WebAssembly, or cut short or damaged; serve the file hallpass/hallpass.wasm as it is`, { cause });
  }
}

/** Whether the page's policy lets it: an empty module is always right. */
function mayCompile() {
  try {
    return !!new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  } catch {
    return false;
  }
}

const unusable = (text, members) => new AuthError("unsupported", text, members);
