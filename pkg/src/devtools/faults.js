// Requests of this page that fail, as servers and networks make them fail. They go by a `fetch` in the place of the page's own, which is there
// only while something is to fail.

/** As far as a clock is off that somebody has set to another time zone. */
const SKEW = 3_600_000;

/** `client`: the one whose requests fail. */
export function faultsOf(client) {
  /** The access token that is refused from now on. */
  let refused;
  let isNextRefused = false;
  /** From when on a refresh counts, ms since 1970. */
  let dropsSince;
  let isSkewed = false;
  let token;
  const realNow = Date.now;
  /** What stood in the place when the first fault came: it may be a tracer's. */
  let below;

  const look = async () => (token = await client.accessToken().catch(() => null));
  const stop = client.subscribe(({ event }) => {
    if (event === "refreshed" || event === "signed-in" || event === "subject-changed") look();
  });

  const faulty = async (input, init) => {
    const carried = new Headers(init?.headers ?? input?.headers);
    const carries = (one) => one && [...carried.values()].some((value) => value.endsWith(one));
    if (carries(refused) || (isNextRefused && carries(token))) {
      isNextRefused = false;
      restore();
      return refusal();
    }
    if (dropsSince !== undefined && client.journal().some(({ event, time }) => event === "refresh sent" && time >= dropsSince)) {
      dropsSince = undefined;
      restore();
      await (await below(input, init)).arrayBuffer();
      throw new TypeError("the devtools have dropped this answer");
    }
    return below(input, init);
  };

  const arm = () => {
    if (globalThis.fetch === faulty) return;
    below = globalThis.fetch;
    globalThis.fetch = faulty;
  };

  const restore = () => {
    const isOver = refused === undefined && !isNextRefused && dropsSince === undefined;
    // Who has come later stays.
    if (isOver && globalThis.fetch === faulty) globalThis.fetch = below;
  };

  const needsToken = async (act) => {
    if (!(await look())) return "Nobody is signed in with an access token, so there is nothing to refuse.";
    return act();
  };

  return {
    expire: () =>
      needsToken(() => {
        refused = token;
        arm();
        return "This access token is refused from now on.";
      }),
    refuseNext: () =>
      needsToken(() => {
        isNextRefused = true;
        arm();
        return "The next call is answered 401.";
      }),
    dropRefresh() {
      dropsSince = realNow();
      arm();
      return "The next refresh reaches the server, and its answer does not arrive.";
    },
    skew() {
      isSkewed = !isSkewed;
      Date.now = isSkewed ? () => realNow.call(Date) + SKEW : realNow;
      return isSkewed ? "The clock of this page is an hour ahead." : "The clock is right again.";
    },
    end() {
      stop();
      refused = dropsSince = undefined;
      isNextRefused = false;
      restore();
      Date.now = realNow;
    },
  };
}

const refusal = () =>
  new Response('{"error":"invalid_token"}', {
    status: 401,
    headers: { "Content-Type": "application/json", "WWW-Authenticate": 'Bearer error="invalid_token"' },
  });
