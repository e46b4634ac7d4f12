// Of tabs that have the same answer, as where a callback's address is opened twice, one looks at it after the other.

/** Milliseconds that another tab may take for it. */
const PATIENCE = 40_000;

/** What comes of `act`, which no other tab does under this name meanwhile, where there are locks. It is told whether another tab was waited for. */
export async function inTurn(name, act) {
  let release;
  const done = new Promise((resolve) => (release = resolve));
  const hasWaited = await new Promise((begin) => {
    const { locks } = navigator;
    const hold = (hasWaited) => (begin(hasWaited), done);
    const wait = () => locks.request(name, { signal: AbortSignal.timeout(PATIENCE) }, () => hold(true));
    // Where storage is blocked for locks, or somebody sleeps on this one, it is done all the same: the slot is taken once.
    if (locks) locks.request(name, { ifAvailable: true }, (lock) => (lock ? hold(false) : wait())).catch(() => begin(false));
    else begin(false);
  });
  try {
    return await act(hasWaited);
  } finally {
    release();
  }
}
