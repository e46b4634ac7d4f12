// Stores in place of the engine's own way to Web Storage: where tokens are verified, or sealed, on their way.

/** The store for these options: `get`, `set` and `remove`, as an app's own has them. Tokens are stored in jwt mode only. */
export function storeOf({ mode, storage }) {
  if (storage === "sealed") return sealed;
  return mode === "jwt" && /^(session|local)$/.test(storage) ? plain(`${storage}Storage`) : storage;
}

/** Throws where Web Storage is blocked, which the client tells of. */
const plain = (name) => ({
  get: (key) => globalThis[name].getItem(key),
  set: (key, value) => globalThis[name].setItem(key, value),
  remove: (key) => globalThis[name].removeItem(key),
});

/** Begins a sealed record; the version is behind the word. To a hallpass that does not know it, it is somebody else's. */
const SEAL = "hallpass/sealed1 ";
/** What the engine takes for a session of its own that is of no use any more. */
const DAMAGED = "hallpass/";
/** AES-GCM: 96 bits, another for each record (NIST SP 800-38D §8.2). */
const NONCE_BYTES = 12;

const local = plain("localStorage");

/** In `localStorage`, encrypted by a key that script can use and cannot read. */
const sealed = {
  async get(name) {
    const record = local.get(name);
    // Of the days when `storage` was "local": it is sealed when it is written next.
    if (!record?.startsWith(SEAL)) return record;
    const known = keys.has(name);
    const key = await keyOf(name);
    try {
      const bytes = Uint8Array.from(atob(record.slice(SEAL.length)), (char) => char.charCodeAt(0));
      const text = await crypto.subtle.decrypt(cipher(name, bytes.subarray(0, NONCE_BYTES)), key, bytes.subarray(NONCE_BYTES));
      return new TextDecoder().decode(text);
    } catch {
      keys.delete(name);
      // Another tab may have had to make a new key. If not, it was copied from elsewhere, changed, or its key is gone.
      return known ? sealed.get(name) : DAMAGED;
    }
  },

  async set(name, value) {
    const key = await lastingKeyOf(name);
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const text = await crypto.subtle.encrypt(cipher(name, nonce), key, new TextEncoder().encode(value));
    const bytes = [...nonce, ...new Uint8Array(text)];
    local.set(name, SEAL + btoa(bytes.map((byte) => String.fromCharCode(byte)).join("")));
  },

  async remove(name) {
    local.remove(name);
  },
};

/** The record belongs to its name: under another one it does not open. */
const cipher = (name, iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) });

const KEYS = "keys";
const keys = new Map();

/** The key of this name, made where there is none yet. Asked for once in a page; what failed is tried anew. */
function keyOf(name) {
  if (!keys.has(name)) {
    const key = makeKey(name);
    keys.set(name, key);
    key.catch(() => keys.delete(name));
  }
  return keys.get(name);
}

/** The same, for what the next page has to open: an app that empties all databases has taken the key away under this one. */
async function lastingKeyOf(name) {
  const key = await keyOf(name);
  // Where the database does not answer now, what the store holds is older, and of no use.
  const kept = await stored(name, key).catch(() => key);
  keys.set(name, Promise.resolve(kept));
  return kept;
}

const makeKey = async (name) => stored(name, await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]));

/** The key in the database, which is `made` if there is none. */
async function stored(name, made) {
  const database = await open();
  try {
    const transaction = database.transaction(KEYS, "readwrite");
    const store = transaction.objectStore(KEYS);
    // In one transaction: of two tabs that begin at once, both get the key of the first.
    const known = await answered(store.get(name));
    if (!known) store.add(made, name);
    await finished(transaction);
    return known ?? made;
  } finally {
    database.close();
  }
}

function open() {
  const request = indexedDB.open("hallpass", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(KEYS);
  return answered(request);
}

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("a page of another version blocks the database"));
  });

const finished = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
