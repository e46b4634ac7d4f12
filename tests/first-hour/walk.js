// What a newcomer does in the browser.
import { signIn, visit } from "../frameworks/lib/visit.js";

export const STEPS = ["open", "sign in", "call", "reload", "sign out"];

/** How many steps passed, when the call had its answer (of `performance.now()`), and what was wrong with the first that did not. */
export async function walk(browser, address) {
  const one = await visit(browser, { isQuiet: true, patienceMs: 120_000 });
  let passed = 0;
  let calledAt;
  try {
    const page = await one.open(address);
    const steps = {
      open: () => page.locator("form").waitFor(),
      "sign in": async () => {
        await signIn(page);
        await page.getByText("Hello Ada").waitFor();
      },
      call: async () => {
        await page.getByText("Load the orders").click();
        await page.locator("output", { hasText: "orders" }).waitFor();
        calledAt = performance.now();
      },
      reload: async () => {
        await page.reload();
        await page.getByText("Hello Ada").waitFor();
      },
      "sign out": async () => {
        await page.getByText("Sign out").click();
        await page.locator("form").waitFor();
      },
    };
    for (const step of STEPS) {
      await steps[step]();
      passed += 1;
    }
    const problem = one.complaints.length ? `the page complained: ${one.complaints.join("\n")}` : undefined;
    return { passed, calledAt, problem };
  } catch (error) {
    return { passed, calledAt, problem: [`${STEPS[passed]}: ${error.message}`, ...one.complaints].join("\n") };
  } finally {
    await one.close();
  }
}
