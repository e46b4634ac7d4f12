// What takes the place of Web Locks: tabs in virtual time, over one storage.
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { projectFile } from "./lib/docs.js";

const text = (await projectFile("src/browser/lease.js")).replace("export function", "return function");
const NAME = "hallpass:default";
const KEY = `${NAME}:lock`;
/** As long as a refresh may take. */
const LONGEST_HOLD = 60_000;

let now;
let timers;
let entries;

beforeEach(begin);

function begin() {
  now = 1_000_000;
  timers = [];
  entries = new Map();
}

/** A tab that asks for the lease. `late` is what its timers take longer. */
class Tab {
  isGranted = false;
  isLost = false;
  isGone = false;
  #listeners = new Set();

  constructor({ late = 0 } = {}) {
    this.late = late;
    const page = {
      addEventListener: (name, listener) => this.#listeners.add(listener),
      removeEventListener: (name, listener) => this.#listeners.delete(listener),
    };
    const storage = {
      getItem: (key) => entries.get(key) ?? null,
      setItem: (key, value) => entries.set(key, String(value)),
      removeItem: (key) => entries.delete(key),
    };
    const setTimeout = (fire, wait) => {
      const timer = { tab: this, at: now + wait + this.late, fire };
      timers.push(timer);
      return timer;
    };
    const clearTimeout = (timer) => (timers = timers.filter((other) => other !== timer));
    const names = ["setTimeout", "clearTimeout", "Date", "localStorage", "globalThis"];
    const lease = new Function(...names, text)(setTimeout, clearTimeout, { now: () => now }, storage, page);
    const granted = () => (this.isGranted = true);
    const lost = () => {
      this.isGranted = false;
      this.isLost = true;
    };
    this.unlock = lease(NAME, LONGEST_HOLD, granted, lost);
  }

  crash() {
    this.isGone = true;
    this.isGranted = false;
  }

  release() {
    this.isGranted = false;
    this.unlock();
  }

  hide() {
    for (const listener of this.#listeners) listener();
  }
}

/** All timers fire whose time comes within so many milliseconds. */
function pass(milliseconds, each = () => {}) {
  const end = now + milliseconds;
  for (;;) {
    timers = timers.filter(({ tab }) => !tab.isGone);
    const next = timers.toSorted((one, other) => one.at - other.at)[0];
    if (!next || next.at > end) break;
    timers = timers.filter((timer) => timer !== next);
    now = next.at;
    next.fire();
    each();
  }
  now = end;
}

describe("the lease", () => {
  test("is had a moment after it was asked for, and gone when it is let go of", () => {
    const tab = new Tab();
    pass(100);
    assert.ok(tab.isGranted);
    tab.release();
    assert.equal(entries.size, 0);
    pass(60_000);
    assert.equal(entries.size, 0, "nor does it come back");
  });

  test("of a tab that crashed is another's within six seconds, whenever it crashed", () => {
    fc.assert(
      fc.property(fc.nat(20_000), (since) => {
        begin();
        const owner = new Tab();
        pass(100 + since);
        const waiting = new Tab();
        owner.crash();
        pass(2_000);
        assert.ok(!waiting.isGranted, "it may be living");
        pass(4_000);
        assert.ok(waiting.isGranted);
      }),
      { numRuns: 200 },
    );
  });

  test("stays with an owner that lives, also where its timers are late as in a page that is not seen", () => {
    const owner = new Tab({ late: 1_000 });
    pass(1_100);
    const waiting = new Tab();
    pass(LONGEST_HOLD - 5_000);
    assert.ok(owner.isGranted && !owner.isLost && !waiting.isGranted);
    owner.release();
    pass(300);
    assert.ok(waiting.isGranted);
  });

  test("ends with the longest hold, whatever its owner does", () => {
    new Tab();
    pass(100);
    const waiting = new Tab();
    pass(LONGEST_HOLD + 6_000);
    assert.ok(waiting.isGranted);
  });

  for (const left of ["0.5 1e300", "0.5 Infinity", "0.5 NaN", "0.5", "", "junk of somebody's", "0.5 -1"]) {
    test(`that nobody can have holds nobody up: ${left || "an empty one"}`, () => {
      entries.set(KEY, left);
      const tab = new Tab();
      pass(100);
      assert.ok(tab.isGranted);
    });
  }

  test("whose end lies further ahead than an owner writes it is over: the clock was set back", () => {
    entries.set(KEY, `0.5 ${now + 60_000}`);
    const tab = new Tab();
    pass(100);
    assert.ok(tab.isGranted);
  });

  test("that another tab has taken over is left to it, and what is out is told to be lost", () => {
    const owner = new Tab();
    pass(100);
    owner.late = 60_000;
    pass(1_500);
    const other = new Tab();
    pass(6_000);
    assert.ok(other.isGranted && !owner.isLost, "the owner sleeps");
    const held = () => entries.get(KEY)?.split(" ")[0];
    const others = held();
    pass(50_000);
    assert.ok(!owner.isLost);
    pass(10_000);
    assert.ok(owner.isLost, "it wakes");
    assert.equal(held(), others);
    owner.unlock();
    assert.equal(held(), others, "which it does not let go of");
  });

  test("is given up with the page, whether it is had or waited for", () => {
    const owner = new Tab();
    pass(100);
    const waiting = new Tab();
    owner.hide();
    assert.ok(owner.isLost);
    assert.equal(entries.size, 0);
    waiting.hide();
    pass(60_000);
    assert.ok(!waiting.isGranted && !waiting.isLost, "nothing was out under it");
    assert.equal(entries.size, 0);
  });

  test("is had by one at a time, and by each in the end", () => {
    const times = fc.array(fc.tuple(fc.nat(3_000), fc.integer({ min: 1, max: 12_000 })), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(times, (times) => {
        begin();
        const tabs = [];
        const had = new Set();
        const look = () => {
          const holders = tabs.filter(({ isGranted }) => isGranted);
          assert.ok(holders.length <= 1);
          for (const tab of holders) {
            tab.until ??= now + tab.hold;
            had.add(tab);
            if (now >= tab.until) tab.release();
          }
        };
        for (const [wait, hold] of times) {
          pass(wait, look);
          tabs.push(Object.assign(new Tab(), { hold }));
        }
        pass(5 * 20_000, look);
        assert.equal(had.size, tabs.length);
        assert.ok(!tabs.some(({ isLost }) => isLost));
      }),
      { numRuns: 300 },
    );
  });
});
