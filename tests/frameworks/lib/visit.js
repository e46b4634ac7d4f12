// Pages in a browser context of their own, which write down all that was ever shown.
const record = () => {
  globalThis.shown = [];
  const note = () => {
    const text = document.body?.innerText?.trim().replace(/\s+/g, " ");
    if (text && text !== shown.at(-1)) shown.push(text);
  };
  new MutationObserver(note).observe(document, { childList: true, subtree: true, characterData: true });
};

/**
 * A visitor: `open(url)` gives a page, another tab each time. What a page complains of fails `close()`. `patienceMs` is for
 * what is compiled only when it is asked for.
 */
export async function visit(browser, { isQuiet = false, patienceMs } = {}) {
  const context = await browser.newContext();
  if (patienceMs) context.setDefaultTimeout(patienceMs);
  await context.addInitScript(record);
  const complaints = [];
  return {
    complaints,
    async open(url) {
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        const isOwn = !message.text().startsWith("Failed to load resource");
        if (isOwn && ["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      await page.goto(url);
      return page;
    },
    async close() {
      await context.close();
      if (!isQuiet && complaints.length) throw new Error(`the page complained: ${complaints.join("\n")}`);
    },
  };
}

/** Fills the form of the pages. */
export async function signIn(page, { email = "ada@example.com", password = "correct horse" } = {}) {
  await page.fill("[name=email]", email);
  await page.fill("[name=password]", password);
  await page.click("text=Sign in");
}

/** Everything that the page has shown since it was loaded. */
export const everShown = (page) => page.evaluate(() => globalThis.shown);
