// What each client makes of a provider that lies: each cell is a sign-in in a browser.
import { startLiar } from "../../tests/sso/lib/liar.js";
import { LIES } from "./lies.js";
import { CLIENT, PATHS } from "./provider.js";

/** Milliseconds for a client to come to something. */
const PATIENCE = 10_000;
const PASSES = "lets through";
const REFUSES = "refuses";
const NOT_ASKED = "not asked";

/** What the lying provider calls what auth0-spa-js asks for. */
const ALIASES = { [PATHS.authorization]: "/auth", [PATHS.token]: "/token", [PATHS.userinfo]: "/me" };

export async function believed({ app, engine, clients, tls }) {
  const [liar, honest] = await Promise.all([1, 2].map(() => startLiar({ tls, alg: "RS256", aliases: ALIASES })));
  const stage = { app, engine, liar, honest };
  app.lets = (authorization) => /^Bearer access-/.test(authorization ?? "");
  const rows = [];
  try {
    for (const client of clients) await honestly(stage, client);
    for (const [label, by, run] of cases()) {
      const cells = [];
      for (const client of clients) {
        liar.tell({});
        honest.tell({});
        app.take();
        app.settings = { issuer: liar.issuer, clientId: CLIENT, userinfo: label.startsWith("UserInfo") };
        const profile = await engine.profile();
        cells.push(await run(stage, profile, client));
        await profile.close();
      }
      rows.push({ label, cells: [{ text: by }, ...cells] });
    }
  } finally {
    await Promise.all([liar.close(), honest.close()]);
  }
  return {
    id: "sso-believed",
    title: "Sign-in at a provider: what is believed",
    how:
      `Each cell is a sign-in in the browser. "${REFUSES}": nobody is signed in, and the API gets no token. "${PASSES}": the API gets the access token; in a mix-up, the lying provider gets the other ` +
      `one's code. "${NOT_ASKED}": the client asks for nothing that the lie could be in. At the same provider, when it does not lie, each of them signs in. Nothing is turned off in any of them; ` +
      "UserInfo is asked by those that have an option for it. Not all of it is demanded of a public client that uses PKCE and gets its ID token straight from the token endpoint, by TLS: it may do " +
      "without the signature (OIDC Core §3.1.3.7, 6), `at_hash` (§3.1.3.8), `nonce` (RFC 9700 §2.1.1) and a look at `iat`.",
    unit: "",
    digits: 0,
    columns: ["seen by", ...clients.map(({ about }) => about.name)],
    rows,
  };
}

/** Label, standard, and what comes of it for one client in a profile of its own. */
function cases() {
  const lying = LIES.map(([label, by, lies, asked]) => [label, by, (stage, profile, client) => lied(stage, profile, client, lies, asked)]);
  return [
    ...lying,
    ["the provider sends the browser to another one, with its own request (mix-up)", "RFC 9700 §4.4", mixedUp],
    ["an answer that was begun in another browser (login CSRF)", "RFC 9700 §4.7", planted],
    ["the address of the answer, opened again: is the code sent again?", "RFC 6749 §4.1.2", replayed],
    ["two tabs that sign in at once", "", twoTabs],
  ];
}

const startOf = ({ app }, { id }) => `${app.origin}/${id}/`;

async function opened(stage, profile, client) {
  const page = await profile.open(startOf(stage, client));
  await page.until(() => globalThis.outcome, PATIENCE);
  return page;
}

const click = (page) => page.run(() => document.querySelector("button").click());

/** What the client says where it has come back, or before it leaves. Nothing, where it says nothing. */
async function told(page) {
  try {
    await page.until(() => globalThis.outcome?.error || (globalThis.outcome && globalThis.pages > 1), PATIENCE);
  } catch {
    return { error: "it says nothing" };
  }
  return page.run(() => globalThis.outcome);
}

/** Whether the API got a token is what counts; what the client said is kept beside it. */
function judged({ app }, outcome) {
  const calls = app.take().filter(({ path }) => path.startsWith("/api/"));
  const passes = calls.some(({ authorization }) => app.lets(authorization));
  return { text: passes ? PASSES : REFUSES, why: outcome.error?.slice(0, 160) };
}

/** Without a lie it has to work, or no refusal would mean anything. */
async function honestly(stage, client) {
  const { app, liar, engine } = stage;
  liar.tell({});
  app.settings = { issuer: liar.issuer, clientId: CLIENT };
  const profile = await engine.profile();
  const page = await opened(stage, profile, client);
  await click(page);
  const { text, why } = judged(stage, await told(page));
  if (text !== PASSES) throw new Error(`${client.id} does not sign in at a provider that does not lie: ${why}`);
  await profile.close();
}

async function lied(stage, profile, client, lies, asked) {
  const { liar } = stage;
  liar.tell(lies);
  let page;
  try {
    page = await opened(stage, profile, client);
  } catch {
    return { text: REFUSES, why: "it does not start" };
  }
  await click(page);
  const cell = judged(stage, await told(page));
  const isAsked = {
    document: () => liar.count("/.well-known/openid-configuration"),
    userinfo: () => liar.count("/me"),
    nonce: () => liar.asked.some(({ query }) => query.nonce),
  }[asked];
  return isAsked && !isAsked() ? { text: NOT_ASKED } : cell;
}

/** RFC 9700 §4.4.1: the answer of the honest one comes back to a client that believes to have been at the lying one. */
async function mixedUp(stage, profile, client) {
  const { liar, honest } = stage;
  liar.tell({ to: () => `${honest.issuer}/auth`, answer: () => ({ ...liar.asked.findLast(({ path }) => path === "/auth").query }) });
  const page = await opened(stage, profile, client);
  await click(page);
  const { error } = await told(page);
  if (honest.count("/auth") !== 1) throw new Error(`${client.id} has not been at the honest provider`);
  return { text: liar.count("/token") ? PASSES : REFUSES, why: error?.slice(0, 160) };
}

async function planted(stage, profile, client) {
  const { engine, app } = stage;
  const elsewhere = await engine.profile();
  const address = await answerOf(stage, elsewhere, client);
  await elsewhere.close();
  app.take();
  const page = await profile.open(address);
  await page.until(() => globalThis.outcome, PATIENCE).catch(() => {});
  return judged(stage, (await page.run(() => globalThis.outcome)) ?? {});
}

/** The address that an answer comes to, which nobody has opened. */
async function answerOf(stage, profile, client) {
  const { liar, app } = stage;
  let address;
  liar.tell({ sent: (to) => ((address = to), `${app.origin}/nowhere`) });
  const page = await opened(stage, profile, client);
  await click(page);
  await page.until(() => location.pathname === "/nowhere", PATIENCE);
  liar.tell({});
  return address;
}

async function replayed(stage, profile, client) {
  const { liar } = stage;
  let address;
  liar.tell({ sent: (to) => (address = to) });
  const page = await opened(stage, profile, client);
  await click(page);
  const { error, user } = await told(page);
  if (!user) throw new Error(`${client.id} does not sign in: ${error}`);
  await page.goto("about:blank");
  await page.goto(address);
  await page.until(() => globalThis.outcome, PATIENCE).catch(() => {});
  const again = await page.run(() => globalThis.outcome);
  const code = liar.asked.find(({ path }) => path === "/token").form.code;
  const sent = liar.asked.filter(({ path, form }) => path === "/token" && form.code === code).length;
  return { text: sent > 1 ? "yes" : "no", why: again?.error?.slice(0, 160) };
}

async function twoTabs(stage, profile, client) {
  const { liar } = stage;
  let release;
  const released = new Promise((resolve) => (release = resolve));
  liar.tell({
    async hold() {
      if (liar.count("/auth") > 1) release();
      await released;
    },
  });
  const pages = [await opened(stage, profile, client), await opened(stage, profile, client)];
  for (const page of pages) {
    await page.front();
    await click(page);
  }
  const outcomes = await Promise.all(pages.map(told));
  const failed = outcomes.filter(({ user }) => !user);
  return { text: failed.length ? `${2 - failed.length} of 2 signed in` : "both signed in", why: failed[0]?.error?.slice(0, 160) };
}
