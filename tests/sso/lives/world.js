// Time and chance of a life: whatever happens stands in a line, and which line goes on is drawn.

/** A mistake of the package, as the life has seen it. */
export class Violation extends Error {}

export class World {
  now = 1_900_000_000_000;
  /** What has happened, a line each. */
  trace = [];
  #tape;
  #at = 0;
  /** By name: events, of which the first may come next. */
  #lines = new Map();
  #timers = [];
  #count = 0;

  /** `tape`: the numbers that are drawn; where it has ended, it is 0 for ever: no faults, and everything in order. */
  constructor(tape) {
    this.#tape = tape;
  }

  get isDrawing() {
    return this.#at < this.#tape.length;
  }

  /** A number below `limit`. */
  draw(limit) {
    return (this.#tape[this.#at++] ?? 0) % limit;
  }

  pick(list) {
    return list[this.draw(list.length)];
  }

  /** Once in so many times, and never once the tape has ended. */
  isOnceIn(times) {
    return this.draw(times) === times - 1;
  }

  number() {
    return ++this.#count;
  }

  tell(text) {
    this.trace.push(`${((this.now - 1_900_000_000_000) / 1000).toFixed(1)} ${text}`);
  }

  /** Says what must not be. It is kept, as a page may catch what is thrown. */
  fail(words) {
    this.failure ??= new Violation(words);
    throw this.failure;
  }

  /** Happens at some time; what stands in one line, in that order. `owner` has to be awake for it, and forgets it when it is gone. */
  soon(act, { owner, line = `one ${this.number()}` } = {}) {
    if (!this.#lines.has(line)) this.#lines.set(line, []);
    this.#lines.get(line).push({ act, owner });
  }

  timer(act, milliseconds, owner) {
    const timer = { act, owner, due: this.now + Math.max(0, Number(milliseconds) || 0), place: this.number() };
    this.#timers.push(timer);
    return timer;
  }

  clear(timer) {
    this.#timers = this.#timers.filter((one) => one !== timer);
  }

  /** Lets something happen that is under way, if there is anything. */
  async step() {
    this.#forget();
    const ready = [...this.#lines].filter(([, [{ owner }]]) => !owner?.isAsleep);
    // Time passes where nothing else happens, and sometimes where something could.
    if (ready.length && !this.#isTime()) {
      const [line, events] = this.pick(ready);
      const { act } = events.shift();
      if (!events.length) this.#lines.delete(line);
      act();
    } else if (!this.#ring()) return false;
    await settled();
    return true;
  }

  /** Goes on until nothing happens any more for so many milliseconds. */
  async quiet(milliseconds) {
    const until = this.now + milliseconds;
    for (let steps = 0; this.now < until; steps++) {
      if (steps > 20_000) this.fail("it never gets quiet");
      if (!(await this.step())) this.now = until;
    }
  }

  get #next() {
    const awake = this.#timers.filter(({ owner }) => !owner?.isAsleep);
    const isSooner = (one, other) => one.due < other.due || (one.due === other.due && one.place < other.place);
    return awake.reduce((one, other) => (!one || isSooner(other, one) ? other : one), undefined);
  }

  /** A short wait is over before what goes on now and then, a long one seldom. */
  #isTime() {
    const next = this.#next;
    return next !== undefined && this.isOnceIn(next.due - this.now < 5_000 ? 15 : 150);
  }

  /** The next timer. */
  #ring() {
    const next = this.#next;
    if (!next) return false;
    this.clear(next);
    this.now = Math.max(this.now, next.due);
    next.act();
    return true;
  }

  #forget() {
    this.#timers = this.#timers.filter(({ owner }) => !owner?.isGone);
    for (const [line, events] of this.#lines) {
      const left = events.filter(({ owner }) => !owner?.isGone);
      if (left.length) this.#lines.set(line, left);
      else this.#lines.delete(line);
    }
  }
}

/** What follows at once has followed. */
export const settled = () => new Promise((done) => setImmediate(done));
