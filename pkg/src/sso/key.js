// The key pair of a client: made once for all tabs, kept where script can use and not read it.

const DATABASE = "hallpass/keys";
const STORE = "keys";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
/** Milliseconds that the database may take. Some browsers never answer. */
const PATIENCE = 3_000;

/** What is in this page already. */
const known = new Map();

/**
 * The key of this name: `isNew`, if none was there; `isKept`, if other pages find it. `jwk` is the public half, `jkt` its thumbprint (RFC 7638).
 * `inTime`: that of `wait.js`.
 */
export function keyOf(name, inTime) {
  if (!known.has(name)) known.set(name, found(name, inTime));
  return known.get(name);
}

async function found(name, inTime) {
  const late = () => new Error("the database does not answer");
  let kept;
  try {
    kept = await inTime(stored(name), PATIENCE, late);
  } catch (cause) {
    console.warn(
      "hallpass: the key of DPoP cannot be stored (IndexedDB is blocked, full, or takes no keys); it and the session live in this page only",
      cause,
    );
  }
  const pair = kept?.pair ?? (await made());
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const jkt = await hashed(JSON.stringify({ crv, kty, x, y }));
  return { privateKey: pair.privateKey, jwk: { kty, crv, x, y }, jkt, isNew: kept?.isNew ?? true, isKept: Boolean(kept) };
}

const made = () => crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);

/** The key of the database, or a new one that has got in. */
async function stored(name) {
  const database = await opened();
  try {
    const before = await taken(database, name);
    if (before) return { pair: before, isNew: false };
    const own = await made();
    await written(database, name, own);
    // Another tab may have been first.
    const pair = await taken(database, name);
    if (!pair) throw new Error("what was written is not there");
    return { pair, isNew: await isSame(pair, own) };
  } finally {
    database.close();
  }
}

/** The key that is there; one that cannot sign is taken away. */
async function taken(database, name) {
  const pair = await done(database.transaction(STORE).objectStore(STORE).get(name));
  if (pair === undefined) return undefined;
  try {
    await signed(pair.privateKey, new Uint8Array(1));
    return pair;
  } catch {
    await done(database.transaction(STORE, "readwrite").objectStore(STORE).delete(name));
    return undefined;
  }
}

async function written(database, name, pair) {
  try {
    // Not `put`: the first stays.
    await done(database.transaction(STORE, "readwrite").objectStore(STORE).add(pair, name));
  } catch (error) {
    if (error?.name !== "ConstraintError") throw error;
  }
}

async function isSame({ publicKey }, other) {
  const [one, two] = await Promise.all([publicKey, other.publicKey].map((key) => crypto.subtle.exportKey("jwk", key)));
  return one.x === two.x;
}

/** base64url (RFC 4648 §5). That of `verify` would come in a piece of its own then. */
export const encoded = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** SHA-256, as text. */
export const hashed = async (text) => encoded(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));

/** ES256 (RFC 7518 §3.4). */
export const signed = async (key, bytes) => new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes));

async function opened() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.preventDefault();
      reject(request.error);
    };
    request.onblocked = () => reject(new Error("the database is blocked"));
    const { transaction } = request;
    if (transaction) transaction.onabort = () => reject(transaction.error ?? request.error);
  });
