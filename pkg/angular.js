import { FetchBackend, HttpBackend, HttpErrorResponse, HttpEventType, HttpHeaderResponse, HttpHeaders, HttpResponse, HttpXhrBackend } from "@angular/common/http";
import {
  APP_BOOTSTRAP_LISTENER,
  ApplicationRef,
  computed,
  DestroyRef,
  DOCUMENT,
  ErrorHandler,
  inject,
  InjectionToken,
  makeEnvironmentProviders,
  NgZone,
  provideEnvironmentInitializer,
  signal,
} from "@angular/core";
import { NavigationEnd, Router } from "@angular/router";
import { Observable } from "rxjs";
import { missing, onFailure, sourceOf } from "./src/binding.js";

const isServer = typeof window === "undefined";
/** The client or its promise, and what it shows. */
const HELD = new InjectionToken("hallpass client");
const PATHS = new InjectionToken("hallpass paths");
const LEAVING = new InjectionToken("hallpass leaving");

export class Auth {
  constructor() {
    const { auth, source } = inject(HELD);
    const { login, logout, authFetch, refresh, accessToken, ...values } = source.first;
    Object.assign(this, { login, logout, authFetch, refresh, accessToken });
    const hydration = inject(HYDRATION);
    const state = signal(hydration.isOn ? source.first : source.read());
    this.snapshot = state.asReadonly();
    for (const name of Object.keys(values)) this[name] = computed(() => state()[name]);
    this.changes = changesOf(auth);

    const update = () => hydration.isOn || state.set(source.read());
    hydration.ended = update;
    inject(DestroyRef).onDestroy(source.subscribe(update));
  }
}

/** The client's events, from the client's first on for who subscribes while it is made. */
const changesOf = (auth) =>
  new Observable((observer) => {
    let stop;
    if (!isServer) {
      Promise.resolve(auth).then(
        (client) => {
          if (!observer.closed) stop = client.subscribe((change) => observer.next(change));
        },
        () => {},
      );
    }
    return () => stop?.();
  });

/** Whether the page takes over what a server has rendered. Until then it shows the state that the server has shown. */
const HYDRATION = new InjectionToken("hallpass hydration", {
  providedIn: "root",
  factory: () => ({ isOn: !isServer && inject(DOCUMENT).querySelector("[ngh]") !== null, ended() {} }),
});

/** An app that polls is never stable. */
const HYDRATION_MS = 1000;

function endHydration() {
  const hydration = inject(HYDRATION);
  const app = inject(ApplicationRef);
  const zone = inject(NgZone);
  return () => {
    if (!hydration.isOn) return;
    let timer;
    const end = () => {
      clearTimeout(timer);
      hydration.isOn = false;
      hydration.ended();
    };
    zone.runOutsideAngular(() => {
      timer = setTimeout(end, HYDRATION_MS);
      app.whenStable().then(end);
    });
  };
}

export function provideAuth(auth, { loginUrl = "/login", homeUrl = "/", returnParam = "returnUrl", initial } = {}) {
  return makeEnvironmentProviders([
    { provide: PATHS, useValue: { loginUrl, homeUrl, returnParam } },
    { provide: HELD, useFactory: () => hold(auth, initial) },
    { provide: Auth, useFactory: () => new Auth() },
    { provide: LEAVING, useFactory: leaving },
    { provide: APP_BOOTSTRAP_LISTENER, multi: true, useFactory: endHydration },
    // What a server asks for it asks as nobody.
    { provide: HttpBackend, useFactory: () => (isServer ? new FetchBackend() : new AuthBackend(inject(HELD).auth)) },
    provideEnvironmentInitializer(() => {
      inject(Auth);
      const backend = inject(HttpBackend);
      if (!isServer && (backend instanceof FetchBackend || backend instanceof HttpXhrBackend)) {
        throw new Error("HttpClient does not call through hallpass: put provideAuth() after provideHttpClient() in the list of providers.");
      }
    }),
  ]);
}

function hold(given, initial) {
  const isOurs = typeof given === "function";
  const auth = isOurs ? (isServer ? null : inject(NgZone).runOutsideAngular(given)) : given;
  const source = sourceOf(auth, "provideAuth(auth)", typeof initial === "function" ? initial() : initial);
  const handler = inject(ErrorHandler);
  if (auth) onFailure(auth, (error) => handler.handleError(error));
  if (isOurs && auth) inject(DestroyRef).onDestroy(() => Promise.resolve(auth).then((client) => client.dispose?.(), () => {}));
  return { auth, source };
}

/** What HttpClient sends, by `authFetch`: all that Angular's own backend over `fetch` does, which takes no other `fetch`. */
class AuthBackend {
  constructor(auth) {
    this.auth = auth;
    this.zone = inject(NgZone);
    this.destroyRef = inject(DestroyRef);
  }

  handle(request) {
    return new Observable((observer) => {
      // Who subscribes hears in the own zone. All the rest happens outside of Angular's, which is not to wait for it.
      const own = globalThis.Zone?.current;
      const tell = (event) => (own ? own.run(() => observer.next(event)) : observer.next(event));
      const end = (how, what) => (own ? own.run(() => observer[how](what)) : observer[how](what));
      const aborter = new AbortController();
      const forget = this.destroyRef.onDestroy(() => observer.complete());
      let timer;
      this.zone.runOutsideAngular(() => {
        if (request.timeout) timer = setTimeout(() => aborter.abort(new DOMException("signal timed out", "TimeoutError")), request.timeout);
        send(this.auth, request, aborter.signal, tell).then(
          () => end("complete"),
          (error) => end("error", error instanceof HttpErrorResponse ? error : new HttpErrorResponse({ error, url: request.urlWithParams })),
        );
      });
      return () => {
        clearTimeout(timer);
        forget();
        aborter.abort();
      };
    });
  }
}

async function send(auth, request, signal, tell) {
  const url = request.urlWithParams;
  let response;
  try {
    const sent = authFetch(auth, url, initOf(request, signal));
    tell({ type: HttpEventType.Sent });
    response = await sent;
  } catch (error) {
    // An `AuthError` may have the status of the answer behind it.
    throw new HttpErrorResponse({ error, status: error?.status ?? 0, url });
  }
  const { status, statusText, redirected, type } = response;
  const headers = new HttpHeaders(response.headers);
  const head = { headers, status, statusText, url: response.url || url };
  const isTold = request.reportProgress || request.reportDownloadProgress;
  if (isTold) tell(new HttpHeaderResponse(head));
  let body = null;
  if (response.body) {
    try {
      body = parsed(request, response, await (isTold ? progressive(request, response, tell) : response.arrayBuffer()));
    } catch (error) {
      throw new HttpErrorResponse({ error, ...head });
    }
  }
  const whole = { ...head, redirected, responseType: type };
  if (!response.ok) throw new HttpErrorResponse({ error: body, ...whole });
  tell(new HttpResponse({ body, ...whole }));
}

async function authFetch(auth, url, init) {
  const sent = (await auth).authFetch(url, init);
  // zone.js takes a rejection for unhandled that nobody has looked at by the end of the turn.
  sent.catch(() => {});
  return sent;
}

/** Options of `fetch` that a request may have under the same name. */
const PASSED = ["credentials", "keepalive", "cache", "priority", "mode", "redirect", "referrer", "integrity", "referrerPolicy"];

function initOf(request, signal) {
  if (request.reportUploadProgress) throw new Error("fetch tells no progress of an upload: leave reportUploadProgress out.");
  const init = { method: request.method, headers: {}, body: request.serializeBody(), signal };
  for (const name of PASSED) if (request[name] !== undefined) init[name] = request[name];
  if (request.withCredentials) init.credentials = "include";
  request.headers.forEach((name, values) => (init.headers[name] = values.join(",")));
  if (!request.headers.has("Accept")) init.headers.Accept = "application/json, text/plain, */*";
  const type = request.headers.has("Content-Type") ? null : request.detectContentTypeHeader();
  if (type !== null) init.headers["Content-Type"] = type;
  return init;
}

/** The bytes, telling how many have come. */
async function progressive(request, response, tell) {
  const length = response.headers.get("content-length");
  const total = length ? Number(length) : undefined;
  const reader = response.body.getReader();
  const decoder = request.responseType === "text" ? decoderOf(response) : null;
  const chunks = [];
  let loaded = 0;
  let partialText = decoder ? "" : undefined;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(chunks).arrayBuffer();
    chunks.push(value);
    loaded += value.length;
    if (decoder) partialText += decoder.decode(value, { stream: true });
    tell({ type: HttpEventType.DownloadProgress, total, loaded, partialText });
  }
}

function parsed({ responseType }, response, bytes) {
  if (responseType === "arraybuffer") return bytes;
  if (responseType === "blob") return new Blob([bytes], { type: response.headers.get("content-type") ?? "" });
  if (responseType === "text") return decoderOf(response).decode(bytes);
  // A prefix that keeps the answer from being run as a script.
  const text = new TextDecoder().decode(bytes).replace(/^\)\]\}',?\n/, "");
  try {
    return text === "" ? null : JSON.parse(text);
  } catch (error) {
    if (response.ok) throw error;
    return text;
  }
}

function decoderOf(response) {
  try {
    return new TextDecoder(/charset=\s*["']?([^;"'\s]+)/i.exec(response.headers.get("content-type"))?.[1]);
  } catch {
    return new TextDecoder();
  }
}

function toLogin(router, { loginUrl, returnParam }, url) {
  const tree = router.parseUrl(loginUrl);
  tree.queryParams = { ...tree.queryParams, [returnParam]: url };
  return tree;
}

function fromLogin(router, { homeUrl, returnParam }, url) {
  const wanted = router.parseUrl(url).queryParams[returnParam];
  // A path of this app, and no host.
  return router.parseUrl(/^\/(?![/\\])/.test(wanted) ? wanted : homeUrl);
}

export const signedInGuard = /* @__PURE__ */ guarding("signedInGuard", "signed-out", toLogin);

export const signedOutGuard = /* @__PURE__ */ guarding("signedOutGuard", "signed-in", fromLogin);

/** For `canActivate`, `canActivateChild` and `canMatch`. `guard.leads` gives the place to go to, if `status` is not let in at `url`. */
function guarding(name, closed, elsewhere) {
  const guard = (_route, state) => {
    const held = inject(HELD, { optional: true });
    if (!held) throw missing("hallpass/angular", name, "found no client", "add provideAuth(auth) to the providers of the app");
    const router = inject(Router);
    const paths = inject(PATHS);
    inject(LEAVING);
    // Of `canMatch` it is a list of segments.
    const url = state.url ?? router.serializeUrl(router.getCurrentNavigation().extractedUrl);
    return statusOf(held).then((status) => guard.leads(status, router, paths, url) ?? true);
  };
  guard.leads = (status, router, paths, url) => (status === closed ? elsewhere(router, paths, url) : undefined);
  return guard;
}

/** The status once the client is there. It may be `"restoring"` even then, and is on a server. */
async function statusOf({ auth, source }) {
  if (!isServer) await Promise.resolve(auth).catch(() => {});
  return source.read().status;
}

/** The router asks its guards when it goes somewhere. This one also leaves where the status changes. */
function leaving() {
  const router = inject(Router);
  const zone = inject(NgZone);
  const paths = inject(PATHS);
  const { source } = inject(HELD);
  const look = () => {
    const { status } = source.read();
    for (const guard of guardsOf(router.routerState.snapshot.root)) {
      const tree = guard.leads?.(status, router, paths, router.url);
      if (tree) return void zone.run(() => router.navigateByUrl(tree, { replaceUrl: true }));
    }
  };
  const destroyRef = inject(DestroyRef);
  destroyRef.onDestroy(source.subscribe(look));
  const ends = router.events.subscribe((event) => event instanceof NavigationEnd && look());
  destroyRef.onDestroy(() => ends.unsubscribe());
  return true;
}

function guardsOf({ routeConfig, children }) {
  const { canActivate = [], canActivateChild = [], canMatch = [] } = routeConfig ?? {};
  return [...canActivate, ...canActivateChild, ...canMatch, ...children.flatMap(guardsOf)];
}
