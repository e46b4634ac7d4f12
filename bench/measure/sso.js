// (i) A sign-in at a provider of OpenID Connect: what it loads, what it asks, how long it takes, and what a client lets pass.
import { launch } from "../lib/chromium.js";
import { packages } from "../lib/machine.js";
import { rotated, summary } from "../lib/stats.js";
import { certificate } from "../lib/tls.js";
import { startSsoApp, ssoClients } from "../sso/app.js";
import { believed } from "../sso/believed.js";
import { CLIENT, signInThere, startAskedProvider } from "../sso/provider.js";

export const engines = ["chromium"];

const ROUNDS = 15;
const KINDS = ["discovery", "authorization", "token", "jwks", "userinfo", "preflight", "api"];

export async function run({ rounds }) {
  const tls = await certificate();
  const clients = await ssoClients();
  const app = await startSsoApp(clients, { tls, lets: (authorization) => app.lets(authorization) });
  const idp = await startAskedProvider({ origin: app.origin, ids: clients.map(({ id }) => id), tls });
  app.lets = idp.who;
  app.settings = { issuer: idp.issuer, clientId: CLIENT };
  const engine = await launch("chromium", tls);
  const stage = { app, idp, engine, clients, tls };
  try {
    const samples = await signIns(stage, rounds(ROUNDS));
    return [...figures(clients, samples), await believed(stage)];
  } finally {
    await engine.close();
    app.close();
    await idp.close();
  }
}

/** `{ ms, loaded, asked }` of each round, by client. The first sign-in of each warms up the provider, and does not count. */
async function signIns({ app, idp, engine, clients }, rounds) {
  const samples = new Map(clients.map(({ id }) => [id, []]));
  const cookies = await signedInAtProvider({ app, engine, clients });
  for (let round = -1; round < rounds; round++) {
    for (const client of rotated(clients, round + clients.length)) {
      const profile = await engine.profile();
      await profile.setCookies(cookies);
      const sample = await signIn({ app, idp, profile, client });
      if (round >= 0) samples.get(client.id).push(sample);
      await profile.close();
    }
  }
  return samples;
}

async function signedInAtProvider({ app, engine, clients: [{ id }] }) {
  const profile = await engine.profile();
  const page = await profile.open(`${app.origin}/${id}/`);
  await page.until(() => globalThis.outcome);
  await page.run(() => document.querySelector("button").click());
  await signInThere(page);
  const cookies = await profile.cookies();
  await profile.close();
  return cookies;
}

async function signIn({ app, idp, profile, client: { id, files } }) {
  app.take();
  const page = await profile.open(`${app.origin}/${id}/`);
  await page.until(() => globalThis.outcome);
  const before = idp.take();
  const start = app.asked.length;
  await page.run(() => document.querySelector("button").click());
  await page.until(() => globalThis.outcome?.error || globalThis.outcome?.ms);
  const { ms, status, error } = await page.run(() => globalThis.outcome);
  if (status !== 200) throw new Error(`${id} does not sign in: ${error ?? `the API answers ${status}`}`);
  const paths = app.take().map(({ path }) => path);
  const filesAt = (some) => files.filter(({ url }) => some.includes(url));
  // The page itself is asked for twice: before the click, and when the browser comes back.
  const left = filesAt(paths.slice(0, paths.lastIndexOf(`/${id}/`)));
  const early = filesAt(paths.slice(0, start));
  const calls = paths.filter((path) => path.startsWith("/api/")).map(() => "api");
  return { ms, early, left, loaded: filesAt(paths), asked: [...before, ...idp.take(), ...calls] };
}

const bytesOf = (files) => files.reduce((sum, { packed }) => sum + packed.length, 0);

function figures(clients, samples) {
  const versions = packages();
  const rows = (cellsOf) => clients.map(({ id, about }) => ({ client: id, label: about.name, cells: cellsOf(samples.get(id)) }));
  const used = clients.map(({ about }) => `${about.name} ${versions[about.package]} (${about.is})`);
  const quickest = Math.min(...clients.map(({ id }) => summary(samples.get(id).map(({ ms }) => ms)).median));
  const isEngine = ({ name }) => name.startsWith("engine-");
  const isBeside = (file) => !file.isEager && !isEngine(file);
  return [
    {
      id: "sso-bytes",
      title: "Sign-in at a provider: bytes",
      how:
        "JavaScript and WebAssembly that a page has loaded, each file once, until it leaves for the provider, and until the first authorised call after it has come back. " +
        "Brotli at quality 11. The other columns are parts of the second: what is loaded with the page; hallpass's engine; what else is there before the click; what comes after it. " +
        `Versions, and what they are used as: ${used.join(", ")}.`,
      unit: "B",
      digits: 0,
      columns: ["until it leaves", "until the first call", "with the page", "engine", "before the click", "after it"],
      rows: rows((found) => {
        const { early, left, loaded } = found.at(-1);
        const isEarly = (file) => early.includes(file);
        return [
          left,
          loaded,
          loaded.filter(({ isEager }) => isEager),
          loaded.filter(isEngine),
          loaded.filter((file) => isBeside(file) && isEarly(file)),
          loaded.filter((file) => isBeside(file) && !isEarly(file)),
        ].map((some) => ({ median: bytesOf(some) }));
      }),
    },
    {
      id: "sso-requests",
      title: "Sign-in at a provider: requests",
      how:
        "From the start of the page to the answer of the first authorised call, in a fresh profile that is signed in at the provider already. Without the app's own files. " +
        "oidc-spa asks for the document before the click.",
      unit: "",
      digits: 0,
      columns: ["discovery", "authorization", "token", "keys", "userinfo", "preflights", "API", "all"],
      rows: rows((found) => {
        const counts = KINDS.map((kind) => found.map(({ asked }) => asked.filter((one) => one === kind).length)).map(summary);
        return [...counts, summary(found.map(({ asked }) => asked.length))];
      }),
    },
    {
      id: "sso-time",
      title: "Sign-in at a provider: time",
      how:
        "From the click to the answer of the first authorised call: the page has been loaded, the visitor is signed in at the provider (npm `oidc-provider`), and nobody types. " +
        "A fresh profile for each; over the loopback, by https. The second column is to the quickest.",
      unit: "ms",
      digits: 1,
      columns: ["time", { name: "to the quickest", unit: "×", digits: 2 }],
      plotted: [0],
      rows: rows((found) => {
        const time = summary(found.map(({ ms }) => ms));
        return [time, { median: time.median / quickest }];
      }),
    },
  ];
}
