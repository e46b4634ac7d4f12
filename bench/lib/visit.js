// A visit of a page whose storage and cookies hold a session, and what is timed of it.
import { COOKIE_MODES } from "./bundle.js";
import { rotated } from "./stats.js";

export const CACHES = ["cold", "warm"];

/** What a sign-in leaves behind in storage and cookies. */
export async function signedIn({ engine, server }, { url }) {
  const profile = await engine.profile();
  const page = await profile.open(`${server.origin}/plain`);
  await page.run(async (url) => (await import(url)).signIn(), url);
  const state = await profile.state(page);
  await profile.close();
  return state;
}

/**
 * What `look` gives of a first visit in a new profile (`cold`), and of the third one in the same (`warm`). It is given the page and what
 * goes to the app; `rate`: how much slower the processor is, `network`: as for `slowDown`.
 */
async function visits({ engine, server }, { id, path }, state, { rate, network }, look) {
  const profile = await engine.profile(state);
  const page = await profile.open("about:blank");
  if (network) await page.slowDown(network);
  const visit = async (speed) => {
    await page.throttle(speed);
    server.take();
    const go = () => page.goto(`${server.origin}/app/${path}`);
    const seen = await look(page, go);
    const { authorised, refused } = server.take();
    if (authorised !== 1 || refused !== 0) {
      throw new Error(`${id} sent ${authorised} authorised and ${refused} refused calls, instead of one authorised`);
    }
    return seen;
  };
  const cold = await visit(rate);
  await visit(1);
  const warm = await visit(rate);
  await profile.close();
  return { cold, warm };
}

/** What `ofMode(bench, mode, clients)` gives for each mode that has clients. */
export async function byMode(bench, ofMode) {
  const modes = { jwt: bench.clients, ...bench.cookieClients };
  const sections = [];
  for (const mode of ["jwt", ...COOKIE_MODES]) if (modes[mode].length) sections.push(...(await ofMode(bench, mode, modes[mode])));
  return sections;
}

/** The row of a client, which may have more than one. */
export const rowOf = ({ row, id }) => row ?? id;

/** By row: for each of the profiles what `visits` gave, once for each of its `rounds`. The clients take turns. */
export async function sampled(bench, clients, profiles, look) {
  const samples = new Map(clients.map((client) => [rowOf(client), profiles.map(() => [])]));
  const states = new Map();
  for (const client of clients) if (!states.has(client.id)) states.set(client.id, await signedIn(bench, client));
  for (const [index, profile] of profiles.entries()) {
    for (let round = 0; round < bench.rounds(profile.rounds); round++) {
      for (const client of rotated(clients, round)) {
        samples.get(rowOf(client))[index].push(await visits(bench, client, states.get(client.id), profile, look));
      }
    }
  }
  return samples;
}
