// A visit of a page whose storage and cookies hold a session, and what is timed of it.

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
export async function visits({ engine, server }, { id, path }, state, { rate, network }, look) {
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
