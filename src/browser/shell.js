// Carries out the engine's effects and delivers its inputs. Decides nothing.
// `deliver(kind, id, payload)` is the engine's ear: it never throws, and may be called from anywhere.

// The kinds of what is delivered: calls, what else happens, and questions.
// By `cargo xtask table`: kinds.
const READY = 0;
const LOGIN = 1;
const LOGOUT = 2;
const REFRESH = 3;
const TOKEN = 4;
const FETCH = 5;
const FETCH_ANSWERED = 6;
const GONE = 7;
const ANSWERED = 8;
const LOADED = 9;
const SAVED = 10;
const LOCK_GRANTED = 11;
const MESSAGE = 12;
const TICK = 13;
const VISIBLE = 14;
const RESTORED = 15;
const ONLINE = 16;
const STORE_CHANGED = 17;
const LISTS = 18;
const SNAPSHOT = 19;
const CLAIMS = 20;
const JOURNAL = 21;
const RELEASE = 22;
const HIDDEN = 23;
const TOKEN_IN = 24;
const RELOADED = 25;
const ADOPT = 26;
const FETCH_DOUBTFUL = 27;
// End of the table.

// The kinds of bodies: none, one that can be sent again, one that cannot.
// By `cargo xtask table`: bodies.
const EMPTY = 0;
const REPEATABLE = 1;
const ONCE = 2;
// End of the table.

/** What the engine's own requests are for, by number. */
// By `cargo xtask table`: purposes.
const PURPOSES = ["login", "logout", "refresh", "me", "csrf"];
// End of the table.

// Of what can be wrong with an option.
// By `cargo xtask table`: faults.
const NOT_LISTED = 12;
// End of the table.

/** `setTimeout` takes 2³¹ − 1 ms at most. An early wake-up asks for the rest. */
const LONGEST_TIMEOUT = 3_600_000;
/** A longer answer is none of what the engine asks for. */
const LONGEST_BODY = 1_048_576;
/** What a request of the engine's own does at a redirect, by number. One that is the answer has no status of its own: it is opaque. */
// By `cargo xtask table`: redirects.
const REDIRECTS = ["error", "follow", "manual"];
// End of the table.
/** Begins each message to other tabs; the version follows. */
const THIS = "hallpass/1";
/** Milliseconds that a login waits for the app's own store to have written it. */
const LONGEST_WRITE = 1_000;
/** Milliseconds that an answer is looked at: by the app's rule, or for its words. */
const LONGEST_LOOK = 1_000;
/** Milliseconds after which tabs see what another has written. */
const SETTLES = 100;
/** What servers answer to a wrong CSRF token, and what else, with words that speak of it. */
const REFUSED_TOKEN = /^(403|419)$/;
const MAY_REFUSE_TOKEN = /^(400|401|422)$/;
/** How many refused CSRF tokens are remembered. */
const MOST_REFUSED = 8;
/** What can stand in a header. */
const FITS = /^[ -~\xa0-\xff]+$/;
/** RFC 9110 §9.2.1. */
const SAFE = /^(GET|HEAD|OPTIONS|TRACE)$/;
/** The origin of a URL or the slash of a path, where the rest holds nothing that a URL parser takes out: tabs, newlines, spaces. */
const START = /^((?:https?:\/\/[^/]+)?\/)(?![/\\])[!-~]*$/;
/** Milliseconds by which the clocks may differ from when the pass was given, or the engine has to see it. */
const DRIFT = 1_000;

export class Shell {
  #deliver;
  #name;
  #base;
  #header;
  #makeError;
  #rule;
  #ownStore;
  #longestHold;
  /** Takes the place of Web Locks where there are none. */
  #lease;
  /** What verifies tokens on their way to the engine, if the app wants it. */
  #guard;
  /** What stands between the engine's requests and the network, if the server wants or answers something else than usual. */
  #translator;
  /** Loads it, for what it knows of answers. */
  #makeTranslator;
  /** Of the login that is under way: a form in place of its body, and the contract of its endpoint. */
  #login;
  #lastId = 0;
  /** What each call waits with: how to settle it, and how to let its request go. */
  #calls = new Map();
  #controllers = new Map();
  /** What a call may go with unasked: until when, how the clocks differed then, the header's value, and what the engine knows it by. */
  #pass = [0];
  /** Listed origins that calls went to, each with a slash behind it. */
  #known = [];
  /** The page's base URL when it was last looked at, and its origin. */
  #page = [];
  #timer;
  #channel;
  /** Messages that are not ours and have not been told of yet. */
  #noise = 0;
  #unlock;
  #stop = new AbortController();
  #work;
  #listeners = new Set();
  /** `WWW-Authenticate` of the answer that is being delivered. */
  #challenge;
  /** The header of answers that brings the CSRF token, and the last one that came so. */
  #tokenHeader;
  #seen;
  /** CSRF tokens that were refused, one that worked, and whether good answers change it too. */
  #refused = [];
  #good;
  #isRestless;

  constructor(deliver, key, base, header, longestHold, [makeError, rule, store, guard, lease, translator, makeTranslator, tokenHeader]) {
    this.#guard = guard?.(deliver, { ANSWERED, LOADED, MESSAGE, TOKEN_IN, ADOPT });
    this.#translator = translator;
    this.#deliver = this.#guard ? (...what) => this.#guard.deliver(...what) : deliver;
    this.#name = `hallpass:${key}`;
    this.#base = base;
    this.#header = header;
    this.#makeError = makeError;
    this.#rule = rule;
    this.#ownStore = store;
    this.#longestHold = longestHold;
    this.#makeTranslator = makeTranslator;
    this.#tokenHeader = tokenHeader;
    this.#lease = lease;
  }

  /** Starts listening to the page, the device and the other tabs. */
  listen() {
    this.#openChannel();
    const on = (target, name, listener) =>
      target?.addEventListener?.(name, listener, { signal: this.#stop.signal });
    if (performance.getEntriesByType?.("navigation")[0]?.type === "reload") this.#deliver(RELOADED, 0);
    on(globalThis, "online", () => this.#deliver(ONLINE, 0));
    on(globalThis, "pageshow", (event) => {
      this.#openChannel();
      if (event.persisted) this.#deliver(RESTORED, 0);
    });
    // An open channel would keep the page out of the back/forward cache.
    on(globalThis, "pagehide", () => {
      this.#deliver(HIDDEN, 0);
      this.#closeChannel();
    });
    const look = () => document.visibilityState === "visible" && this.#deliver(VISIBLE, 0);
    on(globalThis.document, "visibilitychange", look);
    // Page Lifecycle: a page that was frozen while it could be seen.
    on(globalThis.document, "resume", look);
    // A message may come before what the other tab wrote can be read; this comes after.
    on(globalThis, "storage", (event) => {
      if (event.key === null || event.key === this.#name) this.#deliver(STORE_CHANGED, 0);
    });
  }

  /** Stops listening. What is under way goes on. */
  close() {
    this.#stop.abort();
    this.#closeChannel();
    this.#listeners.clear();
    this.#pass = [0];
    this.arm(undefined);
  }

  subscribe(listener) {
    // Wrapped, so that a listener that is added twice is called twice and removed once.
    const own = (change) => listener(change);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  notify(change) {
    if (change[0] === "step-up-required") change.splice(7, 2, ...wishes(this.#challenge));
    // A listener may add and remove others: those of this moment are called.
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        report(error);
      }
    }
  }

  // Calls.

  ready() {
    return this.call(READY);
  }

  translator() {
    return this.#translator;
  }

  /** `form` goes in place of the JSON, to `endpoint` in place of the usual one, which `translator` knows how. */
  async login(json, form, endpoint, signal, translator) {
    let to;
    if (endpoint !== undefined) {
      this.#translator = translator;
      to = translator.loginTo(endpoint, this.#baseUrl());
      if (!this.#lists(new URL(to.url))) throw ["endpoint", NOT_LISTED];
    }
    this.#login = { form, contract: to?.contract };
    return this.#signIn(LOGIN, to ? [json, to.url] : json, signal);
  }

  adopt(answer) {
    return this.#signIn(ADOPT, answer);
  }

  async #signIn(kind, payload, signal) {
    const user = await this.call(kind, payload, signal);
    // Whoever goes on to another page now would lose the session. A store that does not answer holds nobody up.
    if (this.#work) await Promise.race([this.#work, pause(LONGEST_WRITE)]);
    return user;
  }

  logout() {
    return this.call(LOGOUT);
  }

  refresh() {
    return this.call(REFRESH);
  }

  token() {
    return this.call(TOKEN);
  }

  /** A call that sends nothing by itself. */
  call(kind, payload, signal) {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const id = this.#open({ resolve, reject }, signal);
      this.#deliver(kind, id, payload);
    });
  }

  #open(call, signal) {
    const id = ++this.#lastId;
    this.#calls.set(id, call);
    call.abort = () => {
      // A `fetch` that is out says it itself.
      if (call.isOut || !this.#close(id)) return;
      this.#deliver(GONE, id);
      // One that is aborted before it began sends nothing, and fails in the browser's own way.
      if (call.request) call.resolve(fetch(call.request.url, { signal }));
      else call.reject(signal.reason);
    };
    call.signal = signal;
    signal?.addEventListener("abort", call.abort);
    return id;
  }

  /** The call, if it is still open. */
  #close(id) {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.signal?.removeEventListener("abort", call.abort);
    return call;
  }

  settle(id, value) {
    this.#close(id)?.resolve(value);
  }

  /** The answer that the call holds is the caller's, or what it failed with. */
  settleAnswer(id) {
    const call = this.#close(id);
    if (call?.answer) call.resolve(call.answer);
    else call?.reject(call.error);
  }

  fail(id, code, message, members) {
    this.#close(id)?.reject(this.#makeError(code, message, members));
  }

  // authFetch.

  /**
   * Reads the arguments now, as `fetch` does. `init.transport` sends the request in place of `fetch`, and answers what is
   * read of a `Response` here.
   */
  async authFetch(input, init) {
    const origin = this.#pass[0] && isText(input) && this.#origin(input);
    if (origin) {
      // What is read here is not read again.
      if (isPlain(init)) init = { ...init };
      const sent = this.#underPass(init, origin);
      // Absolute: by the time of a 401 the page may have another base.
      if (sent) return this.#go(input[0] === "/" ? origin + input.slice(1) : input, ...sent);
    }
    const given = input instanceof Request;
    let target = input;
    let transport;
    let request;
    try {
      transport = init?.transport;
      if (!given) target = `${input}`;
      const url = parse(given ? input.url : target, this.#baseUrl());
      if (!given && url && this.#base) target = url.href;
      if (url && this.#lists(url)) request = new Request(target, init);
    } catch {
      // `fetch` fails in its own words.
    }
    if (!request) return (transport ?? fetch)(target, init);
    if (request.signal.aborted) return fetch(request);
    return new Promise((resolve, reject) => {
      const body = bodyKind(request.method, given, init?.body);
      const call = { resolve, reject, request, body, transport };
      const id = this.#open(call, request.signal);
      const own = request.headers.has(this.#header);
      this.#deliver(FETCH, id, [SAFE.test(request.method), own, body]);
    });
  }

  #baseUrl() {
    return this.#base ?? globalThis.document?.baseURI ?? globalThis.location?.href;
  }

  #lists(url) {
    const lists = this.#deliver(LISTS, 0, [url.protocol, url.origin]);
    const root = rootOf(url);
    if (lists && root && !this.#known.includes(root)) this.#known.push(root);
    return lists;
  }

  // Calls that go by the pass. Whatever is not as usual here takes the way above, which asks.

  /** The origin of a URL and a slash, if it is listed, known, and to be seen without a parser. */
  #origin(text) {
    let [, origin] = START.exec(text) ?? [];
    if (origin === "/") {
      const base = this.#baseUrl();
      if (this.#page[0] !== base) this.#page = [base, rootOf(parse(base))];
      origin = this.#page[1];
    }
    return this.#known.includes(origin) && origin;
  }

  /** The init to send with, whether a credential is in it, and what the engine knows the pass by; if the pass is good for the call. */
  #underPass(init, origin) {
    // A body that is not text may be changed or used up before it has to be sent again, as may headers of other kinds.
    if (init && !(isPlain(init) && isText(init.body ?? "") && !init.transport)) return;
    const sent = { ...init };
    if (sent.headers !== undefined) {
      if (!(isPlain(sent.headers) || Array.isArray(sent.headers) || sent.headers instanceof Headers)) return;
      try {
        sent.headers = new Headers(sent.headers);
      } catch {
        return;
      }
    }
    const now = performance.now();
    const difference = Date.now() - now;
    const [until, clocks, credential, ...pass] = this.#pass;
    if (until && Math.abs(difference - clocks) > DRIFT) {
      this.#pass[1] = difference;
      this.#deliver(TICK, 0);
      return;
    }
    if (now >= until) return;
    if (credential) {
      if (sent.headers?.has(this.#header)) return;
      if (sent.headers) sent.headers.set(this.#header, credential);
      else sent.headers = { [this.#header]: credential };
    } else {
      // By cookie. Other methods may need a CSRF token.
      const { method = "GET", credentials = "same-origin" } = sent;
      if (method !== "GET") return;
      if (credentials === "same-origin" && origin !== `${globalThis.location?.origin}/`) sent.credentials = "include";
    }
    return [sent, credential, pass];
  }

  async #go(url, sent, credential, pass) {
    const call = {};
    await fetch(url, sent).then((answer) => (call.answer = answer), (error) => (call.error = error));
    if (call.answer) this.#see(call.answer, url);
    const isOver = this.#stop.signal.aborted || sent.signal?.aborted;
    const isDoubtful = mayHideRefusal(call, !credential, sent.headers);
    if (isOver || !(isDoubtful || call.answer?.status === 401)) {
      if (call.answer) return call.answer;
      throw call.error;
    }
    const request = new Request(url, sent);
    if (credential) request.headers.delete(this.#header);
    return new Promise((resolve, reject) => {
      const body = bodyKind(request.method, false, sent.body);
      const id = this.#open(Object.assign(call, { resolve, reject, request, body }), request.signal);
      this.#deliver(FETCH, id, [SAFE.test(request.method), false, body, ...pass]);
      if (isDoubtful) this.#deliver(FETCH_DOUBTFUL, id);
      else this.#answered(id, call.answer, request);
    });
  }

  /** Lets the request of an authFetch go. `keep`: it may have to go again. */
  async dispatch(id, headers, include, refuseRedirects, watch, keep) {
    const call = this.#calls.get(id);
    if (!call) return;
    let response;
    let sent;
    try {
      const translated = this.#translated("call", headers, include);
      if (translated) await translated;
      if (!this.#calls.has(id)) return;
      const isReplay = call.answer;
      cancel(call.answer);
      call.answer = undefined;
      let { request } = call;
      // To Chromium an answer is out until the next task after its end, and keepalive bodies share 64 KiB.
      if (isReplay && request.keepalive) await pause(0);
      // Without a body, a request can be sent as often as one likes.
      if (keep && call.body) call.request = request.clone();
      request = adapted(request, include, refuseRedirects, isReplay);
      sent = this.#setHeaders(request.headers, headers);
      call.isOut = true;
      response = await (call.transport ?? this.#translator?.calls ?? fetch)(request);
      call.isOut = false;
    } catch (error) {
      call.isOut = false;
      call.error = error;
      if (watch && !call.signal.aborted && mayHideRefusal(call, include, call.request.headers)) {
        this.#deliver(FETCH_DOUBTFUL, id);
      } else if (this.#close(id)) {
        this.#deliver(GONE, id);
        call.reject(error);
      }
      return;
    }
    if (!this.#calls.has(id)) {
      cancel(response);
      return;
    }
    call.answer = response;
    this.#see(response, call.request.url);
    if (!watch) {
      this.settleAnswer(id);
      return;
    }
    if (mayHideRefusal(call, include, call.request.headers)) {
      this.#deliver(FETCH_DOUBTFUL, id);
      return;
    }
    const said = await this.#ask(response);
    // By cookie, an unsafe call has no other header than that of the CSRF token.
    const judged = include && headers.length ? await this.#judge(response, sent, "call") : [];
    this.#answered(id, response, call.request, said, ...judged);
  }

  #answered(id, answer, request, said, moved, refused) {
    this.#challenge = answer.headers.get("WWW-Authenticate");
    this.#deliver(FETCH_ANSWERED, id, [answer.status, isForeign(answer, request.url), said, moved, this.#challenge, refused]);
  }

  /** The app's own rule. One that throws, or reads a body that does not end, has said nothing. */
  async #ask(response) {
    try {
      const said = this.#rule?.(response);
      if (said?.then) return await Promise.race([said.then(Boolean), pause(LONGEST_LOOK)]);
      return this.#rule && Boolean(said);
    } catch (error) {
      report(error);
    }
  }

  // The engine's own requests.

  async send(id, purpose, method, url, headers, body, mediaType, include, keepalive, redirects, bringsToken, access, refresh) {
    const controller = new AbortController();
    controller.comesLate = include && !keepalive;
    this.#controllers.set(id, controller);
    let answer;
    try {
      if (bringsToken) await this.#guard?.ready();
      const list = new Headers({ Accept: "application/json" });
      const kind = PURPOSES[purpose];
      const login = purpose ? undefined : this.#login;
      const translator = this.#translator;
      if (login?.form && !translator) body = login.form;
      else if (mediaType) list.set("Content-Type", mediaType);
      const translated = this.#translated(kind, headers, include, login);
      const sent = this.#setHeaders(list, translated ? await translated : headers);
      const init = {
        method,
        headers: list,
        body,
        credentials: include ? "include" : "same-origin",
        redirect: REDIRECTS[redirects],
        keepalive,
        cache: "no-store",
        signal: controller.signal,
      };
      const response = await (translator ? translator.send(kind, url, init, { access, refresh }, login) : fetch(url, init));
      this.#see(response, url);
      const header = (name) => response.headers.get(name) ?? undefined;
      const tooLong = header("Content-Length") > LONGEST_BODY;
      const text = tooLong ? "" : await response.text();
      const retryAfter = header("Retry-After");
      const [moved, refused] = await this.#judge(response, sent, kind, text, login);
      // A redirect that led to a page is one to a login page.
      const isSentOn = !response.status || (response.redirected && isHtml(response));
      answer = [
        isSentOn ? 302 : response.status, isHtml(response), date(header("Date")), retryAfter, date(retryAfter), moved, text, , , refused,
      ];
      await translator?.read(kind, response, answer, login);
    } catch (error) {
      // Offline, DNS, TLS, CORS, redirect, closed connection: the browser does not tell which.
      answer = this.#translator?.blame(error);
    }
    this.#controllers.delete(id);
    this.#deliver(ANSWERED, id, answer);
  }

  // The CSRF token.

  /** Sets the headers the engine chose: `[name, value]`, or `[name, undefined, kind, source]` for the page's CSRF token; and gives that. */
  #setHeaders(headers, chosen) {
    let sent = [];
    for (const [name, value, kind, source] of chosen) {
      const token = kind ? this.#pageToken(kind, source) : value;
      if (token) headers.set(name, token);
      if (kind) sent = [kind, source, token];
    }
    return sent;
  }

  /** Of several, as where a parent domain has a cookie of that name too, one that has worked, or else one that was not refused. */
  #pageToken(kind, source) {
    const all = kind === "header" ? [this.#seen] : pageTokens(kind, source);
    const untried = all.filter((token) => !this.#refused.includes(token));
    const list = untried.length ? untried : all;
    return list.includes(this.#good) ? this.#good : list[0];
  }

  #see(response, url) {
    const token = this.#tokenHeader && !isForeign(response, url) && response.headers.get(this.#tokenHeader);
    if (token) this.#seen = token;
  }

  /** Whether the page has another CSRF token by now than the one that was sent, and whether the answer says that it refuses that. */
  async #judge(response, [kind, source, token], purpose, text, login) {
    const { status, ok } = response;
    // The core has looked at other texts. Who looks at the rest is loaded with the first answer that may need it.
    const isRead = MAY_REFUSE_TOKEN.test(status) && (text === undefined || isHtml(response));
    const look = () => this.#makeTranslator?.().then((loaded) => loaded.refuses(purpose, response, text, login)).catch(() => {});
    const refused = status >= 400 && (isRead || this.#translator) && (await Promise.race([look(), pause(LONGEST_LOOK)]));
    const isSure = refused || REFUSED_TOKEN.test(status);
    if (!kind) return [false, refused];
    if (token && (isSure || ok)) {
      this.#refused = this.#refused.filter((one) => one !== token);
      if (ok) this.#good = token;
      else this.#refused = [token, ...this.#refused.slice(0, MOST_REFUSED)];
    }
    const differs = () => ![undefined, token, ...this.#refused].includes(this.#pageToken(kind, source));
    // WebKit shows a page the cookies of an answer a moment after it: here perhaps the right token.
    if (isSure && !differs()) await pause(SETTLES);
    const moved = differs();
    this.#isRestless ||= ok && moved;
    // Of a token that is another after each answer that says nothing.
    return [moved && (isSure || !this.#isRestless), refused];
  }

  /** The headers as the translator has them, which may ask for the CSRF cookie if there is none. */
  #translated(purpose, headers, include, login) {
    return this.#translator?.headers(purpose, headers, include, login, (kind, source) => this.#pageToken(kind, source));
  }

  cancel(id) {
    this.#controllers.get(id)?.abort();
  }

  // The app's own store, one operation after the other.

  load() {
    this.#store(async (store) => {
      const value = await store.get(this.#name);
      if (typeof value !== "string" && value != null) throw new TypeError("not a string");
      return value ?? null;
    }, LOADED);
  }

  save(value) {
    this.#store((store) => store.set(this.#name, value), SAVED);
  }

  remove() {
    this.#store((store) => store.remove(this.#name), SAVED);
  }

  #store(operation, kind) {
    this.#work = Promise.resolve(this.#work)
      .then(() => operation(this.#ownStore))
      .then((value) => this.#deliver(kind, 1, value), () => this.#deliver(kind, 0));
  }

  // Questions.

  /** The state as a list, if its version is not the one that is known. */
  snapshot(version) {
    return this.#deliver(SNAPSHOT, version);
  }

  claims() {
    return this.#deliver(CLAIMS, 0);
  }

  journal() {
    return this.#deliver(JOURNAL, 0);
  }

  /** A client is disposed of; the last one stops the engine. */
  release() {
    this.#deliver(RELEASE, 0);
  }

  // Time, tabs.

  /** Whatever calls with `until` 0: there is no pass. Where the app has a rule, or sends calls itself, each has to be looked at. */
  admit(...pass) {
    this.#pass = this.#rule || this.#translator?.calls ? [0] : pass;
  }

  arm(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (milliseconds === undefined) return;
    this.#timer = setTimeout(() => this.#deliver(TICK, 0), Math.min(milliseconds, LONGEST_TIMEOUT));
    // In Node a timer would keep the process alive.
    this.#timer.unref?.();
  }

  lock() {
    const granted = (waited) => this.#deliver(LOCK_GRANTED, waited ? 1 : 0);
    const locks = globalThis.navigator?.locks;
    // Without either, there are no other tabs that could keep to it.
    if (!locks) {
      // A cookie that came late would take the place of the one that another tab got meanwhile.
      const lost = () => this.#controllers.forEach((controller) => controller.comesLate && controller.abort());
      return void (this.#unlock = this.#lease?.(this.#name, this.#longestHold, granted, lost) ?? granted());
    }
    const controller = new AbortController();
    let release;
    const held = new Promise((resolve) => (release = resolve));
    const unlock = () => {
      release();
      controller.abort();
    };
    this.#unlock = unlock;
    const ask = (options, waited) =>
      locks
        .request(this.#name, options, (lock) => {
          if (this.#unlock !== unlock) return;
          if (!lock) return void ask({ signal: controller.signal }, true);
          granted(waited);
          return held;
        })
        .catch(() => {
          // Given up by ourselves, or refused by the browser: an opaque origin, a page going away.
          if (this.#unlock === unlock) granted();
        });
    ask({ ifAvailable: true });
  }

  unlock() {
    const unlock = this.#unlock;
    this.#unlock = undefined;
    unlock?.();
  }

  tell(message) {
    this.#channel?.postMessage([THIS, ...message]);
  }

  #openChannel() {
    if (this.#channel || typeof BroadcastChannel !== "function") return;
    try {
      this.#channel = new BroadcastChannel(this.#name);
    } catch {
      return; // an opaque origin: there are no other tabs
    }
    this.#channel.onmessage = ({ data }) => {
      if (Array.isArray(data) && data[0] === THIS) this.#deliver(MESSAGE, 1, data);
      // For the journal. It may be a flood: told once in a while, with its size.
      else if (!this.#noise++) setTimeout(() => this.#tellNoise(), SETTLES);
    };
    // In Node an open channel would keep the process alive.
    this.#channel.unref?.();
  }

  #tellNoise() {
    if (this.#channel) this.#deliver(MESSAGE, this.#noise, []);
    this.#noise = 0;
  }

  #closeChannel() {
    this.#channel?.close();
    this.#channel = undefined;
  }
}

/** What the browser's own parser makes of a URL: protocol, origin, hostname, user name, password, href. */
export function urlParts(text, base) {
  const url = parse(text, base);
  return url && [url.protocol, url.origin, url.hostname, url.username, url.password, url.href];
}

/** The page's own URL, where there is a page. */
export const pageUrl = () => globalThis.location?.href;

/** The Web Storage of this name, if there is one: where it is blocked, to look at it throws. */
export function webStorage(name) {
  try {
    return globalThis[name] ?? undefined;
  } catch {
    return undefined;
  }
}

/** The CSRF tokens of the page: what there is under that name, and can stand in a header. */
function pageTokens(kind, name) {
  const page = globalThis.document;
  try {
    const values =
      kind === "meta"
        ? [page.querySelector(`meta[name="${CSS.escape(name)}"]`).content]
        : page.cookie.split("; ").filter((cookie) => cookie.startsWith(`${name}=`)).map((cookie) => cookieValue(cookie.slice(name.length + 1)));
    return values.filter((value) => FITS.test(value));
  } catch {
    return []; // no page, no such element, or cookies that must not be looked at
  }
}

/** Some stand in quotes (RFC 6265 §4.1.1). Many are percent-encoded; servers expect the header decoded. */
function cookieValue(text) {
  const value = text.replace(/^"(.*)"$/, "$1");
  try {
    const decoded = decodeURIComponent(value);
    return FITS.test(decoded) ? decoded : value;
  } catch {
    return value;
  }
}

/** With other `credentials`, `redirect` and `cache`, where the caller has not chosen them and it makes a difference. */
function adapted(request, include, refuseRedirects, isReplay) {
  const init = {};
  const sameOrigin = originOf(request.url) === globalThis.location?.origin;
  if (include && !sameOrigin && request.credentials === "same-origin") init.credentials = "include";
  if (refuseRedirects && request.redirect === "follow") init.redirect = "error";
  // The answer that was refused may be in the cache.
  if (isReplay && request.cache === "default") init.cache = "reload";
  if (!Object.keys(init).length) return request;
  // A new request forgets its referrer unless told, in Firefox keepalive too.
  const { referrer, referrerPolicy, keepalive } = request;
  return new Request(request, { ...init, referrer, referrerPolicy, keepalive });
}

/** Whether a body can be sent again. A `Request` is asked by its method: not every browser shows its body. */
function bodyKind(method, isRequest, body) {
  if (body == null) return isRequest && method !== "GET" && method !== "HEAD" ? REPEATABLE : EMPTY;
  return globalThis.ReadableStream && body instanceof ReadableStream ? ONCE : REPEATABLE;
}

/**
 * Whether a refusal may look like something else. One without CORS headers, or a login page at another origin, looks like no network;
 * by cookie, a login page at the own origin is a page that nobody has asked for.
 */
function mayHideRefusal({ answer, error }, byCookie, headers) {
  if (error) return error instanceof TypeError && globalThis.navigator?.onLine !== false;
  return byCookie && answer.redirected && isHtml(answer) && !headers?.get("Accept")?.includes("html");
}

const isHtml = (response) => /^\s*text\/html/i.test(response.headers.get("Content-Type"));

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

const isText = (value) => typeof value === "string";

const isPlain = (value) => value && Object.getPrototypeOf(value) === Object.prototype;

const originOf = (url) => new URL(url).origin;

/** Whether the answer came from another origin than was asked, after a redirect. */
const isForeign = (answer, url) => answer.redirected && originOf(answer.url) !== originOf(url);

/** How all URLs of its origin begin, if it begins so itself: not with a user name, and not one of `blob:`. */
const rootOf = (url) => url?.href.startsWith(`${url.origin}/`) && `${url.origin}/`;

/** What a challenge names: acr values and maximal age (RFC 9470 §3), names of any case, values quoted or not (RFC 9110 §11.2). */
function wishes(challenge) {
  const [, acr = ""] = /\bacr_values=("[^"]*|[^ ,]*)/i.exec(challenge) ?? [];
  const [, age = null] = /\bmax_age="?(\d+)/i.exec(challenge) ?? [];
  return [acr.split(/[" ]/).filter(Boolean), age && +age];
}

/** Frees the connection of an answer that nobody will read. */
function cancel(response) {
  response?.body?.cancel().catch(() => {});
}

function date(text) {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function parse(text, base) {
  try {
    return new URL(text, base);
  } catch {
    return undefined; // `fetch` will say so itself
  }
}

/** As if nobody had caught it. */
function report(error) {
  if (globalThis.reportError) globalThis.reportError(error);
  else queueMicrotask(() => { throw error; });
}
