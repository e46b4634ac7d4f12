// A client that signs in at an identity provider by itself, in mode `jwt`. Loaded with the option `sso`; what a sign-in itself needs is loaded with the first one.

import { AuthError } from "./error.js";
import { onDemand } from "./lazy.js";
import { optionsOf } from "./sso/options.js";
import { endings } from "./sso/ending.js";
import { forEngine, marked } from "./sso/engine.js";
import { extended } from "./sso/extended.js";
import { hintOf } from "./sso/hint.js";
import { providerOf } from "./sso/provider.js";
import { wishesOf } from "./sso/wishes.js";
import { within } from "./sso/within.js";
import { inTime, unlessAborted } from "./wait.js";

/** Milliseconds for which the tokens of a sign-in wait for a client, where theirs is gone. */
const PATIENCE = 10_000;
/** Seconds that a visitor may take in a window. */
const LONGEST_POPUP = 600;
/** Begins a state of ours, and with it an answer that may be one. */
const MAY_BE_OURS = /[?&]state=hallpass\./;

/** For what is loaded by few. */
const TOOLS = { extended, inTime, marked, onDemand, unlessAborted };

/** The answers that this page was opened with, by the key of the client. Who asks again is told the same, also through the next client. */
const answers = new Map();
/** How many logouts there were in this page, by the key of the client: one is also of who has asked through a client that is gone. */
const ended = new Map();

function joined(taken, context) {
  taken.context = context;
  taken.next?.();
  return taken.outcome;
}

/**
 * Who is told of the session: who has asked last. Where that client is disposed of, as a component that is made twice does, the next.
 *
 * @throws {AuthError} `disposed`, where nobody comes.
 */
async function living(taken) {
  const late = () => new AuthError("disposed", "the client has been disposed of before the sign-in was done; start it again");
  while (taken.context.isDisposed) await inTime(new Promise((done) => (taken.next = done)), PATIENCE, late);
  return taken.context;
}

/** Another session, and an answer that was settled before is no news any more. */
function forget({ key, client }, event) {
  const taken = answers.get(key);
  if (taken?.answer && taken.context.client === client && (event !== "signed-out" || taken.answer.user)) answers.delete(key);
}

/** Its document comes while what a sign-in needs is loaded. */
function hastened({ own, provider }) {
  const server = provider.server();
  // Told where it is waited for.
  server.catch(() => {});
  return { own, provider: { server: () => server } };
}

/** A client by `open`, with the ways to sign in. Throws a list for an option that is wrong. */
export async function signingIn(given, open) {
  const providers = new Map([...optionsOf(given)].map(([name, own]) => [name, { own, provider: providerOf(own) }]));
  const hasMore = [...providers.values()].some(({ own }) => own.apis || own.dpop);
  const more = hasMore ? await (await onDemand("moreOf", () => import("./sso/more.js")))(given, providers, open, TOOLS) : undefined;
  const { options = given } = more ?? {};
  const client = await open(forEngine(options, providers, more?.renew));
  const shown = more ? await more.around(client) : client;
  const hint = hintOf(options, client);
  const { key = "default" } = options;
  const alone = providers.get("");
  const ending = endings();
  const context = { client, key, providers, hint, more, isDisposed: false, get logouts() { return ended.get(key) ?? 0; } };
  const end = () => ended.set(key, context.logouts + 1);
  const flow = async () => (await onDemand("flowOf", () => import("./sso/flow.js")))(context);
  client.subscribe(({ event, reason }) => {
    // One of this page is counted as it is called: its end may be heard of later, when another sign-in has begun.
    if (reason === "logout_elsewhere") end();
    if (/^(signed-in|subject-changed|signed-out)$/.test(event)) forget(context, event);
  });

  const chosen = (name = providers.size > 1 ? undefined : [...providers.keys()][0]) => {
    const found = providers.get(name);
    if (found) return found;
    const names = [...providers.keys()].map((one) => `"${one}"`).join(" or ");
    throw new AuthError("config_invalid", `option provider: must be ${names}`, { option: "provider" });
  };

  /** A page that the provider came back to asks nothing by itself: it may be that of a frame. */
  const isAnswer = MAY_BE_OURS.test(globalThis.location?.search);
  let silent;
  const silently = async ({ provider } = {}) => {
    if (client.status === "signed-in") return { user: client.user, returnTo: location.pathname, appState: undefined };
    const of = chosen(provider);
    const { logouts } = context;
    return (await flow()).unseen(of, logouts);
  };

  const handleCallback = () => {
    const taken = answers.get(key);
    const isOfNow = MAY_BE_OURS.test(globalThis.location?.search);
    if (taken && (location.href === taken.left || (isOfNow && location.href === taken.of))) return joined(taken, context);
    if (!isOfNow) return Promise.resolve(null);
    const current = { of: location.href, context };
    answers.set(key, current);
    const isLeft = () => current.left !== undefined;
    const { logouts } = context;
    current.outcome = flow().then(({ takeUp }) => takeUp((left) => (current.left = left), () => living(current), logouts));
    current.outcome.then(
      (answer) => (current.answer = answer ?? {}),
      () => {
        current.answer = {};
        // It is still in the address, and can be taken up again.
        if (!isLeft() && answers.get(key) === current) answers.delete(key);
      },
    );
    return current.outcome;
  };

  const byRedirect = async ({ provider, ...wishes } = {}, demanded) => {
    const of = chosen(provider);
    if (await ending.hinders()) return undefined;
    const asked = hastened(of);
    return (await flow()).redirect(asked, wishes, demanded);
  };
  const byPopup = async ({ provider, signal: given, timeout = LONGEST_POPUP, ...wishes } = {}, demanded) => {
    const of = chosen(provider);
    given?.throwIfAborted();
    if (typeof timeout !== "number" || !(timeout > 0)) throw new AuthError("config_invalid", "option timeout: must be seconds, more than 0", { option: "timeout" });
    // Before anything is waited for: else the browser takes it for no click of the visitor's.
    const popup = opened();
    const asked = hastened(of);
    const { logouts } = context;
    return within(timeout, given, async (signal) => {
      const { inPopup } = await whereClosed(popup, unlessAborted(signal, flow()));
      const answer = await inPopup(asked, popup, { ...wishes, signal, logouts }, demanded);
      forget(context);
      return answer;
    });
  };

  const dispose = () => {
    context.isDisposed = true;
    more?.leave();
    client.dispose();
  };
  /** The name of the provider at which who is signed in has done so, if that is known. */
  const ofSession = () => (alone ? "" : client.user?.provider ?? hint.get()[0]);

  return extended(shown, {
    loginWithRedirect: async (wishes) => byRedirect(wishesOf(wishes)),
    handleCallback,
    loginWithPopup: async (wishes) => byPopup(wishesOf(wishes)),
    loginSilently: (wishes) => (silent ??= isAnswer ? Promise.resolve(null) : silently(wishes)),
    stepUp: async ({ acrValues = [], maxAge }, { redirect, ...wishes } = {}) => {
      const { sub } = client.user ?? {};
      const demanded = [["step_up", "true"], ["sub", typeof sub === "string" ? sub : ""]];
      const provider = ofSession() ?? wishes.provider;
      if ((wishes.provider ?? provider) !== provider) {
        throw new AuthError("config_invalid", `option provider: the session is of "${provider}", where it is stepped up`, { option: "provider" });
      }
      const all = { ...wishes, provider, acrValues, maxAge: maxAge ?? (acrValues.length ? undefined : 0) };
      return (redirect ? byRedirect : byPopup)(all, demanded);
    },
    logout: async (wishes) => {
      const { provider: where, returnTo = "/", params } = wishesOf(wishes);
      const name = typeof where === "string" ? where : ofSession();
      const [of, token] = hint.get();
      end();
      if (!where) return client.logout();
      return ending.of(async (left) => {
        // Whatever becomes of the revocation: the provider ends the session itself.
        const done = client.logout().catch(() => {});
        const there = chosen(name);
        const { leave } = await flow();
        await leave(there, done, { return_to: returnTo, id_token_hint: (of === name && token) || "" }, left, params);
      });
    },
    adopt: async (answer) => {
      if (more?.bound) return client.adopt(await more.bound.adopted(alone?.own, answer));
      return client.adopt(alone && answer?.refresh_token ? { ...answer, refresh_token: marked(alone.own, answer.refresh_token) } : answer);
    },
    dispose,
    ...(Symbol.dispose && { [Symbol.dispose]: dispose }),
  });
}

/** A window for the provider. It keeps its opener, who else could not close it. */
function opened() {
  if (isInForeignFrame()) {
    throw new AuthError("unsupported", "the page is in a frame of another site, where no window can bring it an answer; open the app in a window of its own");
  }
  const popup = window.open("about:blank", "", "popup,width=480,height=680");
  if (!popup) throw new AuthError("popup_blocked", "the browser opens no window; call loginWithPopup in the handler of a click, or sign in by redirect");
  return popup;
}

/** What is stored in such a frame is apart from what the window stores; also in one that is of this site again, in one that is not. */
function isInForeignFrame() {
  try {
    for (let one = window; one !== one.parent; one = one.parent) if (one.parent.location.origin !== location.origin) return true;
    return false;
  } catch {
    return true;
  }
}

async function whereClosed(popup, loading) {
  try {
    return await loading;
  } catch (error) {
    popup.close();
    throw error;
  }
}
