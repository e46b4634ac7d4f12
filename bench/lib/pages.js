// What the server answers for a page's address.

const PLAIN = "<!doctype html><title>bench</title>";
/** `finish()` resolves `finished`: who looks at the page need not look again and again. */
const FINISHED = "<script>globalThis.finished = new Promise((resolve) => (globalThis.finish = resolve));</script>";

/** `fetch` that answers at once while `bench.stubbed` is set, and the memory of each WebAssembly that the page makes. */
const STUBBED = `${PLAIN}<script>
globalThis.bench = { stubbed: false, credential: null, memories: [] };
const network = globalThis.fetch;
globalThis.fetch = (...args) => {
  if (!bench.stubbed) return network(...args);
  if (bench.stubbed === "checking") bench.credential = new Request(...args).headers.get("authorization");
  return Promise.resolve(new Response("{}"));
};
const keep = ({ exports }) => {
  const memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
  if (memory) bench.memories.push(memory);
};
for (const name of ["instantiate", "instantiateStreaming"]) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const made = await original.apply(WebAssembly, args);
    keep(made.instance ?? made);
    return made;
  };
}
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(Instance, args) {
    const instance = new Instance(...args);
    // What unpacks a module imports nothing, and is garbage after that.
    if (args.length > 1) keep(instance);
    return instance;
  },
});
</script>`;

/** Calls of the API go out so many at a time: Chromium fails those over some 2 500 (`ERR_INSUFFICIENT_RESOURCES`), whoever makes them. */
const GATED = `${PLAIN}<script>
const network = globalThis.fetch;
const waiting = [];
let flying = 0;
function next() {
  while (flying < 1000 && waiting.length) {
    const [args, resolve, reject] = waiting.shift();
    flying += 1;
    network(...args).then(resolve, reject).finally(() => { flying -= 1; next(); });
  }
}
globalThis.fetch = (...args) => {
  const url = args[0].url ?? String(args[0]);
  if (!url.includes("/api/")) return network(...args);
  return new Promise((resolve, reject) => { waiting.push([args, resolve, reject]); next(); });
};
</script>`;

/** A signed-in app that shows who is there, and calls. It names what its script imports, as build tools write it. */
const app = ({ path, eager }) => `${PLAIN}${FINISHED}${eager.map((url) => `<link rel="modulepreload" href="${url}">`).join("")}<script type="module">
import { start } from "/bundle/${path}/index.js";
const { call, isSignedIn, settled = () => {} } = await start();
const show = (is) => (document.body.textContent = is ? "signed in" : "signed out");
const shown = isSignedIn();
if (shown instanceof Promise) shown.then(show);
else show(shown);
await call("/api/first");
finish(settled);
</script>`;

/** `clients`: their names, and the files that their pages load at once. */
export const pagesOf = (clients) => (pathname) => {
  if (pathname === "/plain") return PLAIN;
  if (pathname === "/stubbed") return STUBBED;
  if (pathname === "/gated") return GATED;
  const [, path] = /^\/app\/([\w-]+)\/?$/.exec(pathname) ?? [];
  const client = clients.find((one) => one.path === path);
  return client && app(client);
};
