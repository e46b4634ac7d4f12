// Real Chromium, as it is installed.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

/** The headless shell is the same engine without a browser's windows, and opens a page in a fraction of the time. */
const names = ["chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome", "google-chrome-stable", "chrome"];

function executable() {
  if (process.env.CHROME) return process.env.CHROME;
  const folders = process.env.PATH.split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
  if (!found) throw new Error("no Chromium on PATH; the variable CHROME may name one");
  return found;
}

const options = () => ({ executablePath: executable(), args: ["--no-sandbox"] });

/** A browser that others connect to: `wsEndpoint()` says where. It is ended by who has started it, not by a signal. */
export const serveBrowser = () =>
  chromium.launchServer({ ...options(), handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });

/** That of `tests/npm.js`, which all files share, where it has started one; else one of the file's own. Contexts are apart either way. */
export function launch() {
  const shared = process.env.HALLPASS_BROWSER;
  return shared ? chromium.connect(shared) : chromium.launch(options());
}

/**
 * Opens `url` and gives what the page hands to `globalThis.report`, with everything that it complained of.
 * A page that fails before that fails here, with its error. `prepare(page)` comes before the page is loaded.
 */
export async function openPage(browser, url, prepare) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  let settle;
  const reported = new Promise((resolve, reject) => {
    settle = resolve;
    page.on("pageerror", reject);
  });
  await page.exposeFunction("report", (value) => settle(value));
  try {
    await prepare?.(page);
    await page.goto(url);
    const value = await Promise.race([reported, late(url, complaints)]);
    return { value, complaints };
  } finally {
    await context.close();
  }
}

function late(url, complaints) {
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new Error(`${url} reported nothing for 30 s; it said: ${complaints.join("\n") || "nothing"}`)),
      30_000,
    ).unref();
  });
}
