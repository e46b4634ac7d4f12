// Chromium, with what only its own protocol can do: throttle, collect garbage, measure the heap.
import { launch as launchChromium } from "puppeteer-core";

/**
 * `version`, `open(url)` and `close()` are those of each engine; the rest is asked for by measures of Chromium only.
 * `spki`: the hash of a public key whose certificate is trusted.
 */
export async function launch(_name, { spki } = {}) {
  const browser = await launchChromium({
    executablePath: process.env.CHROME,
    args: ["--no-sandbox", ...(spki ? [`--ignore-certificate-errors-spki-list=${spki}`] : [])],
    // Else each request of a page is told to this process in several messages, which take longer than the request.
    networkEnabled: false,
    protocolTimeout: 600_000,
  });
  return {
    version: (await browser.version()).replace(/^.*\//, "Chromium "),
    /** A page in a profile of its own. Closing it closes the profile. */
    async open(url) {
      const profile = await newProfile(browser);
      const page = await profile.open(url);
      return { ...page, close: profile.close };
    },
    /** A profile in which pages are opened; `state` is what an earlier one left in its storage. */
    profile: (state) => newProfile(browser, state),
    close: () => browser.close(),
  };
}

async function newProfile(browser, state) {
  const context = await browser.createBrowserContext();
  const open = async (url) => around(await context.newPage(), url);
  if (state) {
    const page = await open(state.url);
    await page.run((entries) => {
      for (const entry of entries) localStorage.setItem(...entry);
    }, state.entries);
    await page.close();
    if (state.cookies.length) await context.setCookie(...state.cookies);
  }
  return {
    open,
    cookies: () => context.cookies(),
    setCookies: (cookies) => context.setCookie(...cookies),
    /** What `page` has stored. */
    state: async (page) => ({
      url: page.url(),
      entries: await page.run(() => Object.entries(localStorage)),
      cookies: await context.cookies(),
    }),
    close: () => context.close(),
  };
}

async function around(page, url) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  const told = (error) => {
    throw new Error([error.message, ...complaints].join("\n"), { cause: error });
  };
  const devtools = await page.createCDPSession();
  const self = {
    url: () => page.url(),
    goto: (next) => page.goto(next),
    front: () => page.bringToFront(),
    /** Calls a function in the page with one argument that JSON can hold. */
    run: (work, argument) => page.evaluate(work, argument).catch(told),
    /** Until the function is true in the page. */
    until: (work, timeout) => page.waitForFunction(work, { polling: 20, timeout }).catch(told),
    throttle: (rate) => devtools.send("Emulation.setCPUThrottlingRate", { rate }),
    /** `latency`: of a round trip, in ms. `bits`: a second. */
    async slowDown({ latency, bits }) {
      await devtools.send("Network.enable");
      const throughput = bits / 8;
      await devtools.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: throughput, uploadThroughput: throughput });
    },
    /** What Chromium notes of its threads while `work` goes on: events of its trace (the Trace Event Format). */
    async traced(work) {
      await page.tracing.start({ categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "v8", "blink.user_timing"] });
      await work();
      return JSON.parse(Buffer.from(await page.tracing.stop()).toString()).traceEvents;
    },
    /** Bytes of JavaScript objects that are still in use. */
    async heap() {
      for (let times = 0; times < 3; times++) await devtools.send("HeapProfiler.collectGarbage");
      return (await devtools.send("Runtime.getHeapUsage")).usedSize;
    },
    close: () => page.close(),
  };
  await self.goto(url);
  return self;
}
