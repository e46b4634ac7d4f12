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
  const own = optionsOf(options);
  const provider = providerOf(own);
  const client = await open(forEngine(options, own, provider));
  const hint = hintOf(options, client);
  const flow = async () => (await onDemand("flowOf", () => import("./sso/flow.js")))(own, provider, client, hint);

  /** A page that the provider came back to asks nothing by itself: it may be that of a frame. */
  const isAnswer = MAY_BE_OURS.test(globalThis.location?.search);
  let silent;
  const silently = async () => {
    if (client.status === "signed-in") return { user: client.user, returnTo: location.pathname, appState: undefined };
    return (await flow()).unseen();
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

  const inPopup = async (wishes, demanded) => {
    wishes.signal?.throwIfAborted();
    // Before anything is waited for: else the browser takes it for no click of the visitor's.
    const popup = opened();
    return (await whereClosed(popup, flow())).inPopup(popup, wishes, demanded);
  };

  return extended(client, {
    loginWithRedirect: async (wishes) => (await flow()).redirect(wishes),
    handleCallback,
    loginWithPopup: async (wishes = {}) => inPopup(wishes),
    stepUp: async ({ acrValues = [], maxAge }, { redirect, ...wishes } = {}) => {
      const demand = { acrValues, maxAge: maxAge ?? (acrValues.length ? undefined : 0) };
      const { sub } = client.user ?? {};
      const demanded = [["step_up", "true"], ["sub", typeof sub === "string" ? sub : ""]];
      if (!redirect) return inPopup({ ...wishes, ...demand }, demanded);
      return (await flow()).redirect({ ...wishes, ...demand }, demanded);
    },
    loginSilently: () => (silent ??= isAnswer ? Promise.resolve(null) : silently()),
    logout: async ({ provider: isThere, returnTo = "/" } = {}) => {
      const id_token_hint = isThere && hint.get();
      const ended = client.logout();
      if (!isThere) return ended;
      // Whatever becomes of the revocation: the provider ends the session itself.
      const { leave } = await flow();
      await leave(ended.catch(() => {}), { return_to: returnTo, id_token_hint });
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
