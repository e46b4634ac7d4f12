// Firefox and WebKitGTK by WebDriver (W3C), spoken plainly: what the measures of these engines need is not much.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

const { env } = process;

/** The variables are those of the browser tests. MiniBrowser wants a display: xvfb-run gives it one. */
const ENGINES = {
  firefox: {
    program: env.GECKODRIVER ?? "geckodriver",
    wanted: { browserName: "firefox", "moz:firefoxOptions": { binary: env.FIREFOX, args: ["-headless"] } },
  },
  webkit: {
    program: env.WEBKITDRIVER ?? "WebKitWebDriver",
    wanted: { browserName: "MiniBrowser", "webkitgtk:browserOptions": { binary: env.WEBKIT, args: ["--automation"] } },
  },
};

export async function launch(name) {
  const { program, wanted } = ENGINES[name];
  const port = await freePort();
  const driver = spawn(program, [`--port=${port}`], { stdio: "ignore" });
  const failed = new Promise((_, reject) => driver.once("error", (cause) => reject(new Error(`cannot start ${program}`, { cause }))));
  failed.catch(() => {});
  const base = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([listening(base), failed]);
    const { sessionId, capabilities } = await send(`${base}/session`, { capabilities: { alwaysMatch: wanted } });
    const session = `${base}/session/${sessionId}`;
    await send(`${session}/timeouts`, { script: 300_000 });
    // Stays open: a new tab can only be asked for in one that is there.
    const home = await send(`${session}/window`, undefined, "GET");
    return {
      version: `${capabilities.browserName} ${capabilities.browserVersion}`,
      open: (url) => open(session, home, url),
      async close() {
        await send(session, undefined, "DELETE").catch(() => {});
        driver.kill();
      },
    };
  } catch (error) {
    driver.kill();
    throw error;
  }
}

/** A tab of its own. All share one profile, in which each client has a storage key of its own. */
async function open(session, home, url) {
  await send(`${session}/window`, { handle: home });
  const { handle } = await send(`${session}/window/new`, { type: "tab" });
  const here = async (path, body, method) => {
    await send(`${session}/window`, { handle });
    return send(`${session}${path}`, body, method);
  };
  await here("/url", { url });
  return {
    async run(work, argument) {
      // By the page's own `eval`: Firefox runs scripts of WebDriver in a global object that is not the page's.
      const script = `const [source, argument, done] = arguments;
        const work = window.eval(source);
        Promise.resolve().then(() => work(argument)).then((value) => done({ value }), (error) => done({ error: error + "\\n" + error?.stack }));`;
      const { value, error } = await here("/execute/async", { script, args: [`(${work})`, argument ?? null] });
      if (error !== undefined) throw new Error(error);
      return value;
    },
    close: () => here("/window", undefined, "DELETE"),
  };
}

async function send(url, body, method = "POST") {
  const headers = body && { "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
  return value;
}

async function listening(base) {
  for (;;) {
    const isThere = await fetch(`${base}/status`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
