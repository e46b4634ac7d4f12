// `authFetch` is `fetch`, also with tokens that are bound to a key and with those of an API: each case of `tests/e2e/pages/conformance.js` in
// Chromium. In the modes without `sso`, and in other engines, `tests/e2e` runs the same cases.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { launch } from "../packaging/lib/browser.js";
import { installPackage } from "../packaging/lib/package.js";
import { startServer } from "../packaging/lib/server.js";

const PAGES = fileURLToPath(new URL("../e2e/pages", import.meta.url));

/** What a token has to arrive with in each group, at least. */
const CREDENTIALS = { inputs: 20, methods: 10, headers: 20, bodies: 25, streams: 0, members: 30, aborts: 1, redirects: 0, statuses: 0, answers: 0, schemes: 0, crossing: 0 };

const CASES = 350;
/** A bound call does not follow a redirect, as its proof is for one URL (docs/dpop.md): so many cases differ by that, and by nothing else. */
const FOLLOWED = 19;

let hallpass, browser, main, foreign;
before(async () => {
  [hallpass, browser] = [await installPackage(), await launch()];
  main = await startServer({ statics: { "/": PAGES, "/pkg": hallpass.installed }, args: ["--faults"] });
  foreign = await startServer({ args: ["--faults", "--origin", main.origin] });
});
after(async () => {
  await browser?.close();
  await Promise.all([main?.close(), foreign?.close()]);
  await hallpass?.remove();
});

/** In the page: a client that has a session of a provider which nobody asks. */
async function signIn(how) {
  const { createAuth } = await load();
  const answer = { access_token: "token", refresh_token: "refresh", expires_in: 3_600, token_type: how === "dpop" ? "DPoP" : "Bearer" };
  window.auth = await createAuth({
    mode: "jwt",
    key: client,
    sso: {
      issuer: "https://id.example.com",
      clientId: "shop",
      redirectUri: location.pathname,
      endpoints: { authorization: "https://id.example.com/auth", token: "https://id.example.com/token" },
      ...(how === "dpop" ? { dpop: true } : { apis: { [location.origin]: { audience: "here" } } }),
    },
    fetch: (request, kind) => (kind === "refresh" ? Response.json({ ...answer, access_token: "renewed" }) : realFetch(request)),
  });
  await auth.adopt({ ...answer, user: { sub: "ada" } });
}

/** By `fetch` it came from where a redirect led, and by `authFetch` it is an error. */
function isFollowed({ differences }) {
  const of = (name) => differences.find(([path]) => path === name)?.slice(1) ?? [];
  const [error] = of(".error");
  const [, redirected] = of(".redirected");
  return error?.name === "TypeError" && redirected === true;
}

for (const how of ["dpop", "apis"]) {
  test(`with sso.${how}, authFetch is fetch`, async (t) => {
    const context = await browser.newContext();
    context.setDefaultTimeout(60_000);
    const tab = await context.newPage();
    const name = `conformance-${how}`;
    const rules = [{ path: "/open/slow", gate: "never", status: 503 }];
    const put = await fetch(`${main.origin}/_faults/${name}/rules`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(rules) });
    assert.equal(put.status, 204, await put.text());
    await tab.goto(`${main.origin}/c/${name}/page.html?mode=jwt`);
    await tab.evaluate(signIn, how);
    let cases = 0;
    for (const [group, atLeast] of Object.entries(CREDENTIALS)) {
      const args = { group, foreign: `${foreign.origin}/c/${name}`, isListed: false };
      const compared = await tab.evaluate(async (args) => (await import("/conformance.js")).compare(args.group, args), args);
      t.diagnostic(`${group}: ${compared.cases} cases, ${compared.credentials} with a token`);
      cases += compared.cases;
      assert.ok(compared.credentials >= atLeast, `${group}: ${compared.credentials} calls had a token`);
      const followed = how === "dpop" ? compared.differing.filter(isFollowed) : [];
      assert.equal(followed.length, how === "dpop" && group === "redirects" ? FOLLOWED : 0);
      assert.deepEqual(compared.differing.filter((one) => !followed.includes(one)), []);
    }
    assert.ok(cases >= CASES, `${cases} cases`);
    assert.equal(await tab.evaluate(async () => (await import("/conformance.js")).count()), cases);
    await context.close();
  });
}
