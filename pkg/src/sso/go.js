/** Milliseconds that the end of the session here may hold up the way to the page of a logout: another tab may keep the lock. */
const PATIENCE = 3_000;
/** Milliseconds after which a page that is still here is taken to stay: the visitor wants it so, or the answer was none to show. */
const STILL_HERE = 30_000;

/** Leaves the page. Settles when the visitor comes back to it by Back, or has not left it. */
export function go(url) {
  const back = new Promise((done) => {
    const look = ({ persisted }) => {
      if (!persisted) return;
      removeEventListener("pageshow", look);
      done();
    };
    addEventListener("pageshow", look);
    const stays = setTimeout(done, STILL_HERE);
    addEventListener("pagehide", () => clearTimeout(stays), { once: true });
  });
  location.assign(url);
  return back;
}

/** Waits for the end of the session here, for a while. */
export const soon = (ended) => Promise.race([ended, new Promise((done) => setTimeout(done, PATIENCE))]);
