// One life: an app in a few tabs, its visitor, two providers, and a network that loses things. What has to hold is looked at on the way
// by the providers and the network, and at the end here.
import { Browser } from "./browser.js";
import { Network } from "./network.js";
import { Api, Provider } from "./provider.js";
import { Violation, World, settled } from "./world.js";

const APP = "https://shop.example.com";
const ORDERS = "https://orders.example.com";
const LISTED = "https://rest.example.com";
const STRANGER = "https://elsewhere.example.net";
const SAME_SITE = "https://id.example.com";
const OTHER_SITE = "https://login.example.org";
/** Another flow's answer, which is not to be touched. */
const FOREIGN = `${APP}/other?code=theirs&state=of-theirs&x=1`;

/** Milliseconds in which whatever waits has an end: longer than a visitor may take in a window. */
const LONGEST = 900_000;
const AN_HOUR = 3_600_000;

/** Why a visitor ends a call. */
const GIVEN_UP = "given up";
/** So many things happen by themselves for each that somebody does. */
const PACE = 12;

/** What an app may be told, each at its time. Any other error is a mistake of the package. */
const USUAL = new Set([
  "callback_refused", "callback_stale", "disposed", "network_error", "popup_blocked", "popup_closed", "provider_unreachable", "refresh_unavailable",
  "request_rejected", "response_invalid", "session_ended", "signed_out", "superseded", "timeout", "token_untrusted",
]);

function isUsual(error) {
  // A session at one provider has no token for the APIs of the other.
  const isOfOther = error?.option === "sso.work.apis";
  return USUAL.has(error?.code) || error === GIVEN_UP || isOfOther || (error?.name === "TypeError" && error.message === "Failed to fetch");
}

/** Lives the life that `tape` draws, with the `createAuth` that `load` gives. Rejects with what must not have been, and how it came to it. */
export async function live(load, tape) {
  const world = new World(tape);
  try {
    await new Life(load, world).run();
  } catch (error) {
    const words = error instanceof Violation ? error.message : error.stack;
    throw new Error(`${words}\n${world.trace.join("\n")}`, { cause: error });
  }
  return world.trace;
}

class Life {
  /** By state, what is kept of each sign-in, and who was told of it. */
  #signIns = new Map();
  /** Addresses with an answer that were seen. */
  #seen = [];
  #failure;

  constructor(load, world) {
    Object.assign(this, { load, world });
    const network = (this.network = new Network(world));
    const isAlone = world.draw(2) === 0;
    const saysIss = world.draw(3) !== 1;
    const isShared = saysIss && world.draw(2) === 1;
    const hasApis = world.draw(2) === 0;
    const origins = [APP, LISTED];
    const providers = [
      new Provider(network, { name: "home", issuer: SAME_SITE, clientId: "shop", saysIss, origins, apis: { "urn:orders": ORDERS } }),
      new Provider(network, { name: "work", issuer: OTHER_SITE, clientId: "shop-at-work", saysIss, origins }),
    ];
    this.providers = isAlone ? providers.slice(0, 1) : providers;
    for (const origin of [APP, LISTED, ORDERS, STRANGER]) new Api(network, origin, providers);
    const [home, work] = providers.map(({ name, issuer, clientId }) => ({
      issuer,
      clientId,
      redirectUri: isAlone || isShared ? "/callback" : `/callback/${name}`,
      scope: "openid offline_access",
    }));
    if (hasApis) home.apis = { [ORDERS]: { resource: "urn:orders" } };
    this.options = { mode: "jwt", storage: world.pick(["local", "session", "memory"]), origins: [LISTED], sso: isAlone ? home : { home, work } };
    this.hasApis = hasApis;
    const start = (page) => this.#start(page);
    const written = (name, text) => this.#written(name, text);
    this.browser = new Browser(world, network, APP, { hasLocks: !world.isOnceIn(4), start, written });
    world.tell(`options ${JSON.stringify(this.options)}, iss ${saysIss}, locks ${this.browser.hasLocks}`);
  }

  async run() {
    const { world } = this;
    this.browser.open(`${APP}/`);
    while (world.isDrawing) {
      if (world.isOnceIn(PACE) || !(await world.step())) this.#act();
      await settled();
      this.#look();
    }
    await world.quiet(LONGEST);
    this.#look();
    this.#end();
  }

  /** What the app does in each page. */
  #start(page) {
    if (/[?&]code=/.test(page.url.search)) this.#seen.push(page.url.href);
    page.state = page.url.searchParams.get("state");
    page.isForeign = page.url.href === FOREIGN;
    const run = async () => {
      page.createAuth = this.load(page.globals);
      page.auth = await this.#opened(page);
      if (!page.auth) return;
      // As an effect that runs twice.
      const answers = [1, 2].map(() => this.#handleCallback(page));
      const [one, two] = await Promise.all(answers);
      if (one !== two && !page.isGone) this.world.fail(`${page.name} is told ${JSON.stringify(one)} and ${JSON.stringify(two)}`);
    };
    run().catch((error) => (this.#failure ??= error));
  }

  /** Gives what it is told, or the error. */
  async #handleCallback(page) {
    const asked = page.auth.handleCallback();
    this.#call(page, "handleCallback", () => asked, { look: (wait, answer) => this.#answered(page, wait, answer) });
    return asked.catch((error) => {
      // It is in the address as before, and may be taken up.
      if (error?.code === "network_error") page.isUnread = true;
      return error;
    });
  }

  #opened(page) {
    return this.#call(page, "createAuth", () => page.createAuth(structuredClone(this.options)));
  }

  /** A call of the app: it has an end, and that is told. */
  #call(page, name, call, { look = () => {}, appState } = {}) {
    const wait = { name, appState };
    if (/^logout/.test(name)) for (const one of page.waits) one.isOvertaken = true;
    page.waits.add(wait);
    page.tell(`calls ${name}`);
    const done = new Promise((resolve) => resolve(call()));
    const over = (words) => {
      page.waits.delete(wait);
      if (!page.isGone) page.tell(`${name}: ${words}`);
    };
    done.then(
      (value) => {
        over(JSON.stringify(value?.user ?? value?.status ?? value) ?? "nothing");
        if (!page.isGone) this.#guarded(() => look(wait, value));
      },
      (error) => {
        over(`${error?.code} ${error?.message}`);
        if (!page.isGone && !isUsual(error)) this.#failure ??= error;
      },
    );
    return done.catch(() => {});
  }

  #guarded(act) {
    try {
      act();
    } catch (error) {
      this.#failure ??= error;
    }
  }

  /** What is kept of a sign-in: once it was taken it is not there again, and nothing of it that is secret. */
  #written(name, text) {
    const [, state] = /^hallpass\/slot:(.*)$/.exec(name) ?? [];
    if (!state) return;
    const slot = text && Object.fromEntries(JSON.parse(text));
    const known = this.#signIns.get(state) ?? {};
    if (known.isUsed && slot && !slot.used) this.world.fail(`${state} is kept a second time`);
    if (slot?.used && (slot.verifier || slot.nonce || slot.app_state)) this.world.fail(`of ${state}, which was taken, there is left ${text}`);
    this.#signIns.set(state, { ...known, kind: known.kind ?? slot?.kind, appState: known.appState ?? slot?.app_state, isUsed: known.isUsed || Boolean(slot?.used) });
  }

  #signInOf(appState) {
    return [...this.#signIns.values()].find((one) => one.appState === JSON.stringify(appState));
  }

  /** A sign-in is told of in one page, and it is that of the page's own answer. */
  #answered(page, wait, answer) {
    const { appState, user } = answer ?? {};
    const { world } = this;
    if (wait.isOvertaken && user && (appState || wait.name === "loginSilently")) world.fail(`${page.name} has signed in by ${wait.name} after its logout`);
    if (!appState) return;
    const signIn = this.#signInOf(appState);
    const before = signIn.toldTo ?? page;
    signIn.toldTo = page;
    if (before !== page) world.fail(`${before.name} and ${page.name} are told of ${appState}`);
    if (wait.appState && wait.appState !== appState) world.fail(`${page.name} asked for ${wait.appState} and is told of ${appState}`);
    if (wait.name === "handleCallback" && this.#signIns.get(page.state) !== signIn) world.fail(`${page.name} is told of ${appState}, which is another answer than its own`);
  }

  #act() {
    const { world, browser } = this;
    const awake = browser.pages().filter((page) => page.auth && !page.isAsleep && page.tab.page === page);
    const visits = browser.tabs.filter(({ visit }) => visit?.isAsking).map(({ visit }) => visit);
    // Who has come to a provider mostly goes on there.
    if (visits.length && world.draw(3)) return this.#visit(world.pick(visits));
    if (!awake.length || world.draw(3) === 0) return this.#browse();
    const busy = awake.filter(({ waits }) => waits.size);
    return this.#use(world.pick(busy.length && world.draw(2) ? busy : awake));
  }

  #visit(visit) {
    const { world } = this;
    const { provider, query, tab } = visit;
    visit.isAsking = false;
    const [home, work] = this.providers;
    const acts = {
      signIn: () => provider.allow(visit, world.pick(["ada", "ada", "bob"])),
      refuse: () => provider.lead(visit, { error: "access_denied" }),
      fail: () => provider.lead(visit, { error: "server_error" }),
      back: () => tab.travel(-1),
      close: () => tab.close(),
      // A provider that sends its visitor to another, to get at that one's code (RFC 9700 §4.4).
      mixUp: () => {
        if (provider !== work) return provider.allow(visit, "ada");
        const { redirectUri, clientId } = this.options.sso.home;
        const asked = { ...query, client_id: clientId, redirect_uri: APP + redirectUri };
        tab.load(`${home.issuer}/auth?${new URLSearchParams(asked)}`);
      },
    };
    const name = world.pick(["signIn", "signIn", "signIn", "signIn", "signIn", "refuse", "fail", "back", "close", "mixUp"]);
    world.tell(`at ${provider.name}: ${name}`);
    acts[name]();
  }

  #browse() {
    const { world, browser } = this;
    const tabs = browser.tabs.filter(({ parent }) => !parent);
    if (!tabs.length) return browser.open(`${APP}/`);
    const tab = world.pick(tabs.filter(({ entry }) => entry));
    if (!tab) return undefined;
    const acts = {
      open: () => browser.isFull || browser.open(`${APP}/`),
      reload: () => tab.reload(),
      back: () => tab.travel(-1),
      forward: () => tab.travel(1),
      duplicate: () => browser.isFull || browser.open(tab.entry?.url, { storages: tab.storages }),
      close: () => tab.close(),
      answer: () => this.#seen.length && !browser.isFull && browser.open(world.pick(this.#seen)),
      foreign: () => browser.isFull || browser.open(FOREIGN),
      freeze: () => tab.page && (tab.page.isAsleep = !tab.page.isAsleep),
      wait: () => (world.now += world.pick([10_000, 120_000, AN_HOUR])),
    };
    const name = world.pick(["open", "reload", "reload", "back", "back", "forward", "duplicate", "duplicate", "close", "answer", "answer", "foreign", "freeze", "wait"]);
    world.tell(`${tab.name}: ${name}`);
    acts[name]();
  }

  #use(page) {
    const { world, providers } = this;
    const { auth } = page;
    const provider = providers.length > 1 ? { provider: world.pick(providers).name } : {};
    const appState = `sign-in ${world.number()}`;
    const look = (wait, answer) => this.#answered(page, wait, answer);
    const fetched = (origin) => this.#call(page, `authFetch ${origin}`, () => auth.authFetch(`${origin}/api`));
    const acts = {
      loginWithRedirect: () => auth.loginWithRedirect({ ...provider, appState, returnTo: "/orders" }),
      loginWithPopup: () => {
        const controller = new AbortController();
        if (world.isOnceIn(4)) world.timer(() => controller.abort(GIVEN_UP), world.pick([100, 5_000, 60_000]), page);
        return auth.loginWithPopup({ ...provider, appState, signal: controller.signal });
      },
      loginSilently: () => auth.loginSilently(provider),
      stepUp: () => auth.stepUp({ maxAge: 0 }, { ...(auth.user ? {} : provider), appState, redirect: world.draw(2) === 0 }),
      logout: () => auth.logout(),
      logoutThere: () => auth.logout({ provider: providers.length > 1 && !auth.user ? providers[0].name : true }),
      refresh: () => auth.refresh(),
    };
    const anyone = ["loginWithRedirect", "loginWithRedirect", "loginWithPopup", "loginWithPopup", "loginSilently", "handleCallback", "fetch", "anew", "anew"];
    const signedIn = ["fetch", "fetch", "fetch", "stepUp", "refresh", "logout", "logoutThere", "logout", "logoutThere"];
    // What comes between is what these lives are for.
    const between = page.waits.size && world.draw(2) === 0;
    const name = world.pick(between ? ["logout", "anew", "loginWithRedirect"] : auth.status === "signed-in" ? [...anyone, ...signedIn] : anyone);
    if (name === "fetch") return fetched(world.pick([APP, LISTED, ORDERS, STRANGER]));
    if (name === "anew") {
      auth.dispose();
      page.auth = undefined;
      return this.#opened(page).then((opened) => (page.auth = opened));
    }
    if (name === "handleCallback") return this.#handleCallback(page);
    return this.#call(page, name, acts[name], { look, appState });
  }

  /** Whatever the page has done. */
  #look() {
    const failure = this.world.failure ?? this.#failure;
    if (failure) throw failure;
    for (const page of this.browser.pages()) {
      if (page.isForeign && page.url.href !== FOREIGN) this.world.fail(`${page.name} has touched another's answer: ${page.url.href}`);
    }
  }

  #end() {
    const { world, browser } = this;
    for (const page of browser.pages()) {
      if (page.isAsleep) continue;
      for (const { name } of page.waits) world.fail(`${page.name} still waits for ${name}`);
      if (page.auth && !page.isForeign && !page.isUnread && /[?&]code=/.test(page.url.search)) world.fail(`${page.name} still shows a code`);
    }
    for (const provider of this.providers) for (const grant of provider.grants) this.#isSomebodys(grant);
  }

  /** What the provider has given is somebody's, or was given back: but for what got lost, and for pages that went before they could. */
  #isSomebodys({ state, isEnded, isLost, page }) {
    const { kind, toldTo } = this.#signIns.get(state) ?? {};
    if (isEnded || isLost || toldTo || kind === "silent" || page.isGone || page.isAsleep) return;
    this.world.fail(`of what came of ${state} nobody was told, and it was not revoked`);
  }
}
