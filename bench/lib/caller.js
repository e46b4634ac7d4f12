// A page with a signed-in client, and bare fetch beside it.

/**
 * `kind` is one of lib/pages.js. In a `"stubbed"` page the client's calls get their answer without network, once it has shown that they
 * carry a token. Without `timers` the client renews nothing before a call asks for it.
 */
export async function openCaller({ engine, server }, { id, url }, { kind = "plain", timers = true } = {}) {
  const page = await engine.open(`${server.origin}/${kind}`);
  await page.run(prepare, { url, timers });
  if (kind === "stubbed") {
    const credential = await page.run(checkedCall);
    if (!/^Bearer ey/.test(credential)) throw new Error(`the stubbed call of ${id} carries ${credential} instead of a Bearer token`);
  }
  return {
    page,
    /** µs of a call, of a batch by `who`: `"client"` or `"bare"`. */
    time: (who, { calls, parallel = false }) => page.run(timed, { who, calls, parallel }),
    /** As many calls of the client at once: ms until the last has its answer, and how many failed, with the first reason. */
    burst: (calls) => page.run(settled, calls),
    close: () => page.close(),
  };
}

/* In the page. */

async function prepare({ url, timers }) {
  const bench = (globalThis.bench ??= {});
  const [client, bare] = await Promise.all([import(url), import("/bundle/fetch/index.js")]);
  await bare.signIn();
  await client.signIn({ timers });
  bench.bare = (await bare.start()).call;
  bench.client = (await client.start({ timers })).call;
}

async function checkedCall() {
  bench.stubbed = "checking";
  await bench.client("/api/orders");
  bench.stubbed = true;
  return bench.credential;
}

async function timed({ who, calls, parallel }) {
  const call = globalThis.bench[who];
  const before = performance.now();
  if (parallel) await Promise.all(Array.from({ length: calls }, () => call("/api/orders")));
  else for (let n = 0; n < calls; n++) await call("/api/orders");
  return ((performance.now() - before) * 1000) / calls;
}

async function settled(calls) {
  const before = performance.now();
  const outcomes = await Promise.allSettled(Array.from({ length: calls }, () => globalThis.bench.client("/api/orders")));
  const time = performance.now() - before;
  const failed = outcomes.filter(({ status }) => status === "rejected");
  return { time, failed: failed.length, why: failed.length ? String(failed[0].reason) : undefined };
}
