// The page's `fetch`, whoever has put it in its place: a tracer, an app's shell, a mock. Decides whether a call of authFetch has come back
// through it, as where the app has put authFetch itself in that place: that one goes to what stood there before.

/** How deep calls may be inside each other before they count as come back. */
const DEEPEST = 8;
/** How many are remembered that stood in the place. */
const MOST = 4;

export const NO_FETCH = "the page's fetch leads to authFetch, and it did so before hallpass was loaded: load hallpass first";

/** The inits, Requests and signals that are on their way, and what they were given to. */
const given = new WeakMap();
/** The calls that are being made at this moment: their URL, and what they were given to. */
const inside = [];
/** What stood in the place, the last one first, and of these what leads back here. */
let stood = [];
const leadsBack = new WeakSet();

/** Remembers what stands in the place now. */
export function lookAtFetch() {
  if (globalThis.fetch !== stood[0]) stood = [globalThis.fetch, ...stood].slice(0, MOST);
}
lookAtFetch();

/** What stood there before authFetch came, and is not `other`; `undefined` if there was nothing. */
export const fetchBelow = (other) => stood.find((one) => one && one !== other && !leadsBack.has(one));

/** The page's fetch as it is at this moment, unless it is known to lead back. */
export function pageFetch() {
  lookAtFetch();
  return (leadsBack.has(stood[0]) && fetchBelow()) || stood[0];
}

/** Calls `send` with these. What of `marks` comes back here is known again. */
export function through(send, args, ...marks) {
  for (const mark of marks) given.set(mark, send);
  inside.push([urlOf(args[0]), send]);
  try {
    return send(...args);
  } finally {
    inside.pop();
  }
}

/** Whether a call with these arguments has come back. */
export function cameBack(input, init) {
  const last = inside.at(-1);
  const isSame = last && (inside.length > DEEPEST || last[0] === urlOf(input));
  const send = given.get(input) ?? given.get(init) ?? (isSame ? last[1] : given.get(init?.signal));
  if (send) leadsBack.add(send);
  return Boolean(send);
}

const urlOf = (input) => (typeof input === "string" ? input : input?.url ?? input?.href);
