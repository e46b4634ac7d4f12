// The tokens of APIs, as a refresh token brings them. Whoever uses that one has to be alone with it, in all tabs: so it is used where the
// engine renews the session, right behind that, and the engine keeps the newest.

import { AuthError, configError, disposed } from "../error.js";
import { textOf } from "../bounded.js";
import { decide } from "./further.js";
import { jsonIn } from "./json.js";
import { formOf } from "./module.js";

/** Milliseconds after which what was refused is asked for again. */
const SETTLED = 60_000;
/** The same for a server that is busy, or fails, and does not say for how long. */
const BUSY = 5_000;
/** Of the time that the engine gives a renewal, what may be used: the rest is for what it has to do itself. */
const SHARE = 0.8;

/** `patience`: milliseconds that the engine gives one renewal. */
export function grants(patience) {
  /** By origin: who waits, what was refused, and how long the last token is good. */
  const ones = new Map();
  const clients = [];
  let handOver;
  /** A number of the session. */
  let session = 0;

  const oneOf = (origin) => {
    if (!ones.has(origin)) ones.set(origin, {});
    return ones.get(origin);
  };

  const refusal = (origin) => {
    const { refused } = oneOf(origin);
    return refused && performance.now() < refused.until ? refused.error : undefined;
  };

  /** Those that somebody waits for; and those in use that would be asked for soon, each with a renewal of its own. */
  const isWanted = ({ waits, isUsed, half }) => waits || (isUsed && performance.now() > half);

  /** The same for all who wait. */
  const settle = (origin, how, what) => {
    const one = oneOf(origin);
    const { waits } = one;
    one.waits = undefined;
    if (waits) waits[how](what);
    else if (how === "resolve" && what) handOver(origin, what)?.catch(() => {});
  };

  /** What is refused is not asked for with each call. */
  const refuse = (origin, error) => {
    const one = oneOf(origin);
    one.refused = { error, until: performance.now() + SETTLED };
    one.half = undefined;
    settle(origin, "reject", error);
  };

  const fail = (error) => {
    for (const [origin, { waits }] of ones) if (waits) settle(origin, "reject", error);
  };

  /** One token, for a refresh token; gives the refresh token that is good from then on. What comes after the session's end is nobody's. */
  const granted = async (origin, own, refresh, ask, { note, wish, session: asked }) => {
    const api = own.apis[origin];
    const one = oneOf(origin);
    const form = await decide("api", [Object.entries({ ...api, refresh_token: refresh, client_id: own.clientId })]);
    const response = await ask(new URLSearchParams(form));
    const tokens = Object(jsonIn(await textOf(response)));
    const { status } = response;
    if (status >= 500 || status === 429) {
      const error = new AuthError("refresh_unavailable", `no token for ${origin}: status ${status}`, { status, retryable: true });
      if (asked === session) one.refused = { error, until: performance.now() + pauseOf(response) };
      throw error;
    }
    const newest = isOne(tokens.refresh_token) ? tokens.refresh_token : refresh;
    const said = formOf(tokens);
    try {
      await decide("api_answered", [[["dpop", wish]], [["status", status]], said], said);
      await note(tokens, true);
    } catch (error) {
      if (asked === session) refuse(origin, Object.assign(error, { status }));
      return newest;
    }
    if (asked !== session) return newest;
    const { access_token, expires_in } = tokens;
    const seconds = Number(expires_in);
    one.refused = undefined;
    one.isUsed = false;
    one.half = seconds > 0 ? performance.now() + seconds * 500 : undefined;
    settle(origin, "resolve", { access_token, expires_in, refresh_token: "api" });
    return newest;
  };

  const isOne = (token) => typeof token === "string" && token !== "";

  /** The engine renews: while it does so, whatever waits. */
  const tokens = (origin) => {
    const refused = refusal(origin);
    if (refused) return Promise.reject(refused);
    if (!clients.length) return Promise.reject(disposed());
    const one = oneOf(origin);
    if (!one.waits) {
      one.waits = deferred();
      one.waits.promise.catch(() => {});
      const { waits } = one;
      renew(waits).catch((error) => one.waits === waits && settle(origin, "reject", error));
    }
    return one.waits.promise;

    async function renew(waits) {
      const until = performance.now() + 2 * patience;
      // Another tab may have renewed: then the engine has taken that, and has not asked.
      while (one.waits === waits) {
        if (performance.now() > until) throw new AuthError("timeout", `no token for ${origin} in time`, { retryable: true });
        await clients.at(-1).refresh();
      }
    }
  };

  return {
    /** Of the session that is there now. */
    session: () => session,
    refusal,
    tokens,
    used: (origin) => (oneOf(origin).isUsed = true),

    /** As the token endpoint would answer the client of an API. */
    async answer(origin) {
      try {
        return Response.json(await tokens(origin));
      } catch (error) {
        if (error.retryable) throw error;
        return Response.json({ error: error.serverCode ?? error.code }, { status: 400 });
      }
    },

    /**
     * Right behind a renewal, with its refresh token: gives the one that is good afterwards. Of the `flight`: `begun`, when that was, and
     * in which `session`; `ask(body, signal)` sends it likewise; `note` looks at the type of what comes, by the `wish` for proofs. A failure is that of the API: the session has been renewed.
     */
    async renewed({ own }, refresh, flight) {
      let newest = refresh;
      for (const [origin, one] of ones) {
        // Who waits now may be another person, whose tokens these are not.
        if (flight.session !== session) break;
        if (!isWanted(one)) continue;
        if (!own.apis || !Object.hasOwn(own.apis, origin)) {
          const option = own.name ? `sso.${own.name}.apis` : "sso.apis";
          refuse(origin, configError(option, `has no ${origin}, and the session is of this provider`));
          continue;
        }
        const left = flight.begun + patience * SHARE - performance.now();
        // What is not done in time waits for the next renewal.
        if (left <= 0) break;
        const [ended, done] = endOf(flight.signal, left);
        try {
          newest = await granted(origin, own, newest, (body) => flight.ask(body, ended), flight);
        } catch (cause) {
          const words = `no answer of the token endpoint for ${origin}`;
          const error = cause instanceof AuthError ? cause : new AuthError("refresh_unavailable", words, { cause, retryable: true });
          if (flight.session === session) settle(origin, "reject", error);
          // Whether the refresh token is used up nobody knows.
          break;
        } finally {
          done();
        }
      }
      return newest;
    },

    drop() {
      session++;
      for (const one of ones.values()) one.refused = one.half = undefined;
      fail(superseded());
    },
    join(client, adopt) {
      clients.push(client);
      handOver = adopt;
    },
    leave(client) {
      const place = clients.indexOf(client);
      if (place >= 0) clients.splice(place, 1);
      if (!clients.length) fail(disposed());
    },
  };
}

/** Milliseconds for which a server is left alone, as it says by `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), within limits. */
function pauseOf({ headers }) {
  const said = headers.get("Retry-After");
  const wait = Number(said) * 1_000 || Date.parse(said) - Date.now();
  return wait > 0 ? Math.min(wait, SETTLED) : BUSY;
}

export const superseded = () => new AuthError("superseded", "the session has changed before the API's token was there");

function deferred() {
  let resolve, reject;
  const promise = new Promise((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}

/** A signal that ends with another, or after so many milliseconds; and what gives it up. */
function endOf(signal, milliseconds) {
  const controller = new AbortController();
  const end = () => controller.abort(signal.reason);
  const timer = setTimeout(end, milliseconds);
  signal.addEventListener("abort", end);
  return [
    controller.signal,
    () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    },
  ];
}
