// Mode `session` and `hybrid`: the backend signs in at the provider, and the page goes there and comes back (a BFF).

import { AuthError, configError, disposed } from "../error.js";
import { checkAll, isObject, isText, table } from "../options.js";
import { endings } from "./ending.js";
import { extended } from "./extended.js";
import { go, soon } from "./go.js";
import { pathOf } from "./path.js";
import { wishesOf } from "./wishes.js";

const isPath = (value) => isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText));
const param = (value) => value === false || (isText(value) && value !== "");

const MEMBERS = {
  loginUrl: "string",
  logoutUrl: (value) => isText(value) || isObject(value),
  returnParam: param,
  logoutReturnParam: param,
  returnAs: ["path", "url"],
};
const WISHES = { returnTo: "string", params: table };
const ENDINGS = { provider: "boolean", returnTo: "string" };

/** What `me` told last of where a logout goes, by the key of the client: clients of one key have one `me`. */
const told = new Map();

/** A client by `open`, whose sign-in and logout are the backend's. Throws a list for an option that is wrong. */
export async function atBackend(options, open) {
  const own = ownOf(options);
  const { sso, ...others } = options;
  const { endpoints } = options;
  // The page of a logout ends the session at the backend, so that nothing has to be told it before.
  const hasRequest = endpoints?.logout !== undefined || own.logoutUrl === undefined;
  const ending = endings();
  /** How many logouts end here for which the page goes on to the backend's. */
  let leaving = 0;
  let isDisposed = false;
  const client = await open({
    ...others,
    endpoints: { ...endpoints, login: endpoints?.login ?? false, ...(!hasRequest && { logout: false }) },
    ...(own.field && { means: listening(own, options.means) }),
    ...(hasRequest && own.logoutUrl !== undefined && { fetch: unlessLeaving(options.fetch, () => leaving > 0) }),
  });

  const loginWithRedirect = async (given) => {
    const wishes = wishesOf(given);
    inKind(wishes, WISHES);
    if (isDisposed) throw disposed();
    const { pathname, search, hash } = location;
    const { returnTo = pathname + search + hash, params } = wishes;
    if (await ending.hinders()) return;
    await go(withReturn(own.loginUrl, own.returnParam, returnTo, own, params));
  };

  const leave = async (returnTo, left) => {
    const said = own.field ? told.get(own.key) : own.logoutUrl;
    const url = said !== undefined && addressAt(said, own, own.field ? undefined : "https:");
    if (!url) {
      // By request at the backend, where it takes one.
      await client.logout();
      const at = [own.field].flat().join(" or ");
      throw new AuthError("response_invalid", `no address for a logout, of this origin or of the backend's, in the answer of me at ${at}`);
    }
    leaving++;
    // Whatever hinders it: the backend ends the session itself. No longer than this is going on: the page may stay, and the next logout is another.
    const ended = client.logout().catch(() => {}).finally(() => leaving--);
    await soon(ended);
    left();
    await go(withReturn(url, own.logoutReturnParam, returnTo, own));
  };

  const logout = async (given) => {
    const wishes = wishesOf(given);
    inKind(wishes, ENDINGS);
    const { provider, returnTo = "/" } = wishes;
    if (!provider && hasRequest) return ending.of(() => client.logout());
    if (own.logoutUrl === undefined) throw configError("sso.logoutUrl", "is missing; logout({ provider: true }) goes there");
    if (isDisposed) throw disposed();
    return ending.of((left) => leave(returnTo, left));
  };

  const dispose = () => {
    isDisposed = true;
    client.dispose();
  };

  return extended(client, { loginWithRedirect, logout, dispose, ...(Symbol.dispose && { [Symbol.dispose]: dispose }) });
}

function ownOf({ sso, key = "default", baseUrl, origins = [] }) {
  if (!isObject(sso)) throw ["sso", undefined, sso];
  checkAll("sso", sso, MEMBERS);
  if (!globalThis.location?.assign) throw new AuthError("unsupported", "the option sso needs a page, which goes to the backend and comes back", { option: "sso" });
  const { loginUrl, logoutUrl, returnParam = "returnTo", logoutReturnParam = returnParam, returnAs } = sso;
  if (loginUrl === undefined) throw ["sso.loginUrl", undefined, loginUrl, "string"];
  const page = globalThis.document?.baseURI;
  // One that is wrong the core names.
  const base = URL.canParse(baseUrl ?? page, page) ? new URL(baseUrl ?? page, page).href : page;
  const backend = URL.canParse(base) && new URL(base).origin;
  const own = { key, base, origins: [location.origin, backend, ...origins], returnParam, logoutReturnParam, logoutUrl };
  // A path would be one of the backend's own pages.
  own.asUrl = (returnAs ?? (backend === location.origin ? "path" : "url")) === "url";
  own.loginUrl = checkedUrl("sso.loginUrl", loginUrl, own);
  if (isText(logoutUrl)) own.logoutUrl = checkedUrl("sso.logoutUrl", logoutUrl, own);
  if (isObject(logoutUrl)) {
    checkAll("sso.logoutUrl", logoutUrl, { field: isPath });
    if (!logoutUrl.field?.length) throw ["sso.logoutUrl.field", undefined, logoutUrl.field, "string"];
    own.field = logoutUrl.field;
  }
  return own;
}

/** Where a page may be sent: never to a script, nor in plain sight of who is on the way. */
function checkedUrl(option, text, own) {
  const url = addressAt(text, own, "https:");
  if (!url) throw configError(option, "must be a path, or a URL by https or on a listed origin, without a user name");
  return url;
}

/** The address, if it is on the page's, the backend's or a listed origin; or by this scheme. What `me` says has to be of the first. */
function addressAt(text, { base, origins }, scheme) {
  const url = URL.canParse(text, base) && new URL(text, base);
  const isOurs = url && /^https?:$/.test(url.protocol) && !url.username && !url.password;
  return isOurs && (url.protocol === scheme || origins.includes(url.origin)) && url.href;
}

function withReturn(address, name, returnTo, { asUrl }, params = {}) {
  const url = new URL(address);
  for (const [param, value] of Object.entries(params)) url.searchParams.set(param, value);
  if (name) url.searchParams.set(name, (asUrl ? location.origin : "") + pathOf(returnTo));
  return url.href;
}

/** Hears what `me` says of the logout; what it means the app may say. */
const listening = ({ key, field }, apps) => (kind, answer) => {
  if (kind === "me" && answer.status === 200) {
    const url = valueAt(answer.body, field);
    if (isText(url) && url) told.set(key, url);
    else told.delete(key);
  }
  return apps?.(kind, answer);
};

/** By the first path that leads to something. A name with dots in it counts as it stands first. */
function valueAt(body, field) {
  const claims = Array.isArray(body) ? Object.fromEntries(body.map((claim) => [claim?.type, claim?.value])) : body;
  const has = (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined);
  const values = [field].flat().map((path) => has(claims, path) ?? path.split(".").reduce(has, claims));
  return values.find((value) => value !== undefined && value !== null);
}

/** Whoever goes to the page of the logout tells the backend by that. */
const unlessLeaving = (apps, isLeaving) => async (request, kind) => {
  if (kind === "logout" && isLeaving()) return new Response(null, { status: 204 });
  return apps ? apps(request, kind) : fetch(request);
};

function inKind(wishes, kinds) {
  try {
    checkAll("options", wishes, kinds);
  } catch ([option, member]) {
    const name = option === "options" ? member ?? option : option;
    throw configError(name, "is not known, or of the wrong kind");
  }
}
