// (g) Claims out of a token, and whether a token is good.
import { jwks, jwtOfSize } from "../lib/tokens.js";
import { rotated, summary } from "../lib/stats.js";

export const engines = ["chromium", "firefox", "webkit"];

const SIZES = [
  { name: "200 B", bytes: 200 },
  { name: "1 KiB", bytes: 1024 },
  { name: "8 KiB", bytes: 8192 },
];
const ROUNDS = 15;

export async function run({ engine, server, rounds }) {
  const wanted = { issuer: `${server.origin}/`, audience: "bench", jwks };
  const page = await engine.open(`${server.origin}/plain`);
  const measure = async (kind, alg, batch) => {
    const samples = new Map();
    for (const [index, { bytes }] of SIZES.entries()) {
      const token = jwtOfSize(bytes, kind === "decode" ? { alg } : { ...wanted, alg });
      const names = await page.run(makeReady, { kind, token, wanted });
      for (const name of names) if (!samples.has(name)) samples.set(name, SIZES.map(() => []));
      for (let round = 0; round < rounds(ROUNDS); round++) {
        for (const name of rotated(names, round)) samples.get(name)[index].push(await page.run(timed, { name, batch }));
      }
    }
    return [...samples].map(([label, columns]) => ({ label, client: label.startsWith("hallpass") ? "hallpass" : label, cells: columns.map(summary) }));
  };
  const section = (id, title, how, rows) => ({
    id,
    title,
    how,
    unit: "µs",
    digits: 1,
    columns: SIZES.map(({ name, bytes }) => ({ name, x: bytes })),
    plotted: [1],
    rows,
  });
  try {
    return [
      section(
        "tokens-decode",
        "Claims of a token",
        "One read of all claims. `auth.claims` is of a token that hallpass has taken in before: what an app pays each time it looks. " +
          "The tokens are ES256, filled by a claim with roles.",
        await measure("decode", "ES256", 200),
      ),
      section(
        "tokens-verify-es256",
        "Verification, ES256",
        "Signature by WebCrypto with a key set at hand, issuer, audience and times; no token with all that is as small as 200 B: the first one has about 270 B. hallpass does it once for each token that comes, if `verify` is set.",
        await measure("verify", "ES256", 50),
      ),
      section("tokens-verify-rs256", "Verification, RS256", "The same, with a key of 2048 bits; the first token has about 520 B.", await measure("verify", "RS256", 50)),
    ];
  } finally {
    await page.close();
  }
}

/* In the page. */

async function makeReady({ kind, token, wanted }) {
  const { decoders, verifiers } = await import(`/bundle/${kind}/index.js`);
  globalThis.acts = {};
  for (const [name, make] of Object.entries(decoders ?? verifiers)) {
    const act = await make(decoders ? token : wanted);
    globalThis.acts[name] = decoders ? act : () => act(token);
    const found = await globalThis.acts[name]();
    if (decoders && found?.sub !== "ada") throw new Error(`${name} finds the subject ${found?.sub}`);
    if (verifiers) await refusesForged(name, act, token);
    for (let n = 0; n < 200; n++) await globalThis.acts[name]();
  }
  return Object.keys(globalThis.acts);

  async function refusesForged(name, verify, token) {
    const [head, , signature] = token.split(".");
    const payload = btoa(JSON.stringify({ sub: "eve", iss: wanted.issuer, aud: wanted.audience, exp: 4e9 })).replaceAll("=", "");
    const isRefused = await verify(`${head}.${payload}.${signature}`).then(
      () => false,
      () => true,
    );
    if (!isRefused) throw new Error(`${name} takes a forged token`);
  }
}

async function timed({ name, batch }) {
  const act = globalThis.acts[name];
  const before = performance.now();
  for (let n = 0; n < batch; n++) {
    const found = act();
    if (found instanceof Promise) await found;
  }
  return ((performance.now() - before) * 1000) / batch;
}
