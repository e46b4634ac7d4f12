// What the tests of secrets need: where a page may hold something, and how to look for a secret in it.
import { exported } from "/wasm.js";

/** A piece of a secret that is this long is as bad as the whole: what was overwritten or cut short counts too. */
const PIECE = 16;

/** The secret, and it as URLs, forms, JSON and base64 have it. */
function forms(secret) {
  const plain = [secret, encodeURIComponent(secret), new URLSearchParams({ a: secret }).toString().slice(2), JSON.stringify(secret).slice(1, -1)];
  // What stands before it moves it by up to two bytes; the characters at the edges are not its own alone.
  const base64 = [0, 1, 2].flatMap((shift) => {
    const moved = btoa("\0".repeat(shift) + secret).replaceAll("=", "").slice(shift ? shift + 1 : 0, -1);
    return [moved, moved.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [...new Set([...plain, ...base64])];
}

/** Each piece of the secrets in each form, and whose it is. */
function piecesOf(secrets) {
  const pieces = new Map();
  for (const secret of secrets) {
    for (const form of forms(secret)) {
      for (let at = 0; at === 0 || at + PIECE <= form.length; at++) pieces.set(form.slice(at, at + PIECE), secret);
    }
  }
  return pieces;
}

/** Tells which of the secrets are in a text: any piece, in any form. Pieces of `others` count for nothing. */
function finder(secrets, others = []) {
  const pieces = piecesOf(secrets);
  for (const piece of piecesOf(others).keys()) pieces.delete(piece);
  const lengths = [...new Set([...pieces.keys()].map((piece) => piece.length))];
  return (text) => {
    const found = new Set();
    // All forms are printable ASCII.
    for (const [run] of text.matchAll(/[\x20-\x7e]{8,}/g)) {
      for (const length of lengths) {
        for (let at = 0; at + length <= run.length; at++) {
          const secret = pieces.get(run.slice(at, at + length));
          if (secret) found.add(secret);
        }
      }
    }
    return [...found];
  };
}

/** Which of the secrets are in the memory of WebAssembly. */
export function inMemory(secrets, others) {
  const find = finder(secrets, others);
  // ASCII is the same in this encoding, and no byte is none of its characters.
  const text = new TextDecoder("windows-1252");
  return [...new Set(exported(WebAssembly.Memory).flatMap(({ buffer }) => find(text.decode(buffer))))];
}

/** The tokens in what was answered: all strings whose name says so. */
export function tokensIn(answers) {
  const tokens = [];
  const collect = (value) => {
    for (const [name, member] of Object.entries(value ?? {})) {
      if (typeof member === "object") collect(member);
      else if (/token|csrf/i.test(name) && name !== "token_type") tokens.push(member);
    }
  };
  answers.forEach(collect);
  return tokens.filter((token) => typeof token === "string" && token.length > 8);
}

/** All that can be read of a value, whoever logs or sends it. */
export function whole(value, seen = new Set()) {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  const parts = [attempted(() => String(value)), attempted(() => JSON.stringify(value))];
  for (let at = value; at && at !== Object.prototype && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Reflect.ownKeys(at)) {
      const { get, value: member } = Object.getOwnPropertyDescriptor(at, name);
      parts.push(String(name), whole(get ? attempted(() => get.call(value)) : member, seen));
    }
  }
  return parts.join("\n");
}

function attempted(read) {
  try {
    return read();
  } catch (error) {
    return String(error);
  }
}

/** `[place, text]` of all that was said and shown so far. */
const told = [];
const tell = (place, value) => told.push([place, whole(value)]);

/** The CSRF tokens that the page's cookies have had. */
const csrf = new Set();

/** From now on all that the page is told is kept. */
export function watch() {
  for (const [name, real] of Object.entries(console)) {
    if (typeof real !== "function") continue;
    console[name] = (...parts) => {
      tell(`console.${name}`, parts);
      return real.apply(console, parts);
    };
  }
  for (const name of ["error", "unhandledrejection", "messageerror", "securitypolicyviolation"]) {
    addEventListener(name, (event) => {
      tell(name, [event.message, event.error, event.reason, event.filename, event.blockedURI]);
    });
  }
  new BroadcastChannel(`hallpass:${client}`).onmessage = ({ data }) => tell("message between tabs", data);
}

/** What a promise comes to, and all that can be read of it. */
export async function keep(promise) {
  try {
    tell("result", await promise);
  } catch (error) {
    tell("error", error);
    // What no app catches.
    reportError(error);
  }
}

/** Looks at every place where a page shows or keeps something. */
export async function look() {
  const cookies = document.cookie.split("; ").map((cookie) => cookie.split("="));
  for (const [name, value] of cookies) if (/xsrf/i.test(name) && value) csrf.add(decodeURIComponent(value));
  tell("cookie names", cookies.map(([name]) => name));
  for (const [name, store] of Object.entries({ local: localStorage, session: sessionStorage })) {
    tell(`keys of ${name}`, Object.keys(store));
    const isKept = (key) => kind === "jwt" && key === `hallpass:${client}` && store === storageOf();
    tell(`values of ${name}`, Object.entries(store).filter(([key]) => !isKept(key)));
  }
  for (const { name } of (await indexedDB.databases?.()) ?? []) tell("IndexedDB", [name, await content(name)]);
  for (const name of (await globalThis.caches?.keys()) ?? []) {
    const requests = await (await caches.open(name)).keys();
    tell("Cache", [name, requests.map(({ url }) => url)]);
  }
  tell("journal", auth.journal());
  tell("snapshot", auth.getSnapshot());
  tell("client", auth);
  tell("document", document.documentElement.outerHTML);
  const { title, referrer, URL } = document;
  tell("page", { title, referrer, URL, href: location.href, name: window.name, state: history.state });
  tell("timing", JSON.stringify(performance.getEntries()));
}

/** The names of an IndexedDB's stores, and what is in them. */
function content(name) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const names = [...opening.result.objectStoreNames];
      opening.result.close();
      resolve(names);
    };
  });
}

/** The session's name (`sid`), which an access token tells. It is no secret, and the backend's refresh tokens begin with it. */
function sessionOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sid;
  } catch {
    return undefined;
  }
}

/** Each place at which one of the secrets was, and how much was looked at. `seen` is what was answered. */
export function found(passwords, seen) {
  const secrets = [...passwords, ...tokensIn(seen), ...csrf];
  const find = finder(secrets, tokensIn(seen).map(sessionOf).filter(Boolean));
  const places = {};
  const found = [];
  for (const [place, text] of told) {
    places[place] = (places[place] ?? 0) + text.length;
    for (const secret of find(text)) found.push(`${place}: ${secret}`);
  }
  return { found: [...new Set(found)], places, secrets };
}
