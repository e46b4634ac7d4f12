// A client that signs in at an identity provider. Loaded with the option `sso`; what a sign-in itself needs is loaded with the first one.

import { AuthError } from "./error.js";
import { onDemand } from "./lazy.js";
import { optionsOf } from "./sso/options.js";
import { forEngine } from "./sso/engine.js";
import { hintOf } from "./sso/hint.js";
import { providerOf } from "./sso/provider.js";

/** Begins a state of ours, and with it an answer that may be one. */
const MAY_BE_OURS = /[?&]state=hallpass\./;

/** A client by `open`, with the ways to sign in. Throws a list for an option that is wrong. */
export async function signingIn(options, open) {
  const providers = new Map([...optionsOf(options)].map(([name, own]) => [name, { own, provider: providerOf(own) }]));
  const client = await open(forEngine(options, providers));
  const hint = hintOf(options, client);
  const { key = "default" } = options;
  const flow = async () => (await onDemand("flowOf", () => import("./sso/flow.js")))({ client, key, providers, hint });

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
    return (await flow()).unseen(of);
  };

  /** The answer that this page was opened with: who asks again is told the same. */
  let taken;
  const handleCallback = () => {
    if (taken && location.href === taken.left) return taken.outcome;
    if (!MAY_BE_OURS.test(globalThis.location?.search)) return Promise.resolve(null);
    if (taken?.of !== location.href) {
      taken = { of: location.href };
      const current = taken;
      current.outcome = flow().then(({ takeUp }) => takeUp((left) => (current.left = left)));
      // Who has not asked for it is not told of it.
      current.outcome.catch(() => {});
    }
    return taken.outcome;
  };

  const byRedirect = async ({ provider, ...wishes } = {}, demanded) => {
    const of = chosen(provider);
    return (await flow()).redirect(of, wishes, demanded);
  };
  const byPopup = async ({ provider, ...wishes } = {}, demanded) => {
    const of = chosen(provider);
    wishes.signal?.throwIfAborted();
    // Before anything is waited for: else the browser takes it for no click of the visitor's.
    const popup = opened();
    return (await whereClosed(popup, flow())).inPopup(of, popup, wishes, demanded);
  };

  return extended(client, {
    loginWithRedirect: async (wishes) => byRedirect(wishes),
    handleCallback,
    loginWithPopup: async (wishes) => byPopup(wishes),
    loginSilently: (wishes) => (silent ??= isAnswer ? Promise.resolve(null) : silently(wishes)),
    stepUp: async ({ acrValues = [], maxAge }, { redirect, ...wishes } = {}) => {
      const { sub } = client.user ?? {};
      const demanded = [["step_up", "true"], ["sub", typeof sub === "string" ? sub : ""]];
      const [provider] = hint.get();
      const all = { provider, ...wishes, acrValues, maxAge: maxAge ?? (acrValues.length ? undefined : 0) };
      return (redirect ? byRedirect : byPopup)(all, demanded);
    },
    logout: async ({ provider: isThere, returnTo = "/" } = {}) => {
      const [name = [...providers.keys()][0], id_token_hint = ""] = isThere ? hint.get() : [];
      const ended = client.logout();
      if (!isThere) return ended;
      // Whatever becomes of the revocation: the provider ends the session itself.
      const { leave } = await flow();
      await leave(chosen(name), ended.catch(() => {}), { return_to: returnTo, id_token_hint });
    },
  });
}

/** A window for the provider. It keeps its opener, who else could not close it. */
function opened() {
  if (isInForeignFrame()) {
    throw new AuthError("unsupported", "the page is in a frame of another site, where no window can bring it an answer; open the app in a window of its own");
  }
  const popup = window.open("about:blank", "", "popup,width=480,height=680");
  if (!popup) throw new AuthError("popup_blocked", "the browser lets no window open; call loginWithPopup in the handler of a click, or sign in by redirect");
  return popup;
}

/** What is stored in such a frame is apart from what the window stores. */
function isInForeignFrame() {
  try {
    return window.top.location.origin !== location.origin;
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

/** The client with more methods. Its getters go on being getters. */
const extended = (client, methods) =>
  Object.freeze(Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(client), ...Object.getOwnPropertyDescriptors(methods) }));
