// A browser with its tabs, windows and frames: what they share, and where they go.
import { Locks } from "./locks.js";
import { Page } from "./page.js";

const MOST_TABS = 5;

export class Browser {
  tabs = [];
  #storages = new Map();

  /** `start(page)` runs the app in a page; `written(name, text)` is told what stands in the shared storage. */
  constructor(world, network, app, { hasLocks, start, written }) {
    Object.assign(this, { world, network, app, hasLocks, start, written });
    this.locks = new Locks(world);
  }

  storageOf(origin) {
    if (!this.#storages.has(origin)) this.#storages.set(origin, new Map());
    return this.#storages.get(origin);
  }

  /** Pages of the app that are there, also such as wait for Back. */
  pages() {
    return this.tabs.flatMap((tab) => tab.pages()).filter((page) => !page.isGone);
  }

  /** Other tabs hear of a change of what all of them share. */
  changed(page, key) {
    this.written(key, this.storageOf(page.url.origin).get(key));
    for (const other of this.pages()) {
      if (other === page) continue;
      this.world.soon(() => other.dispatch("storage", { key }), { owner: other, line: `storage ${other.name}` });
    }
  }

  get isFull() {
    return this.tabs.length >= MOST_TABS;
  }

  open(url, { storages, ...what } = {}) {
    const tab = new Tab(this, what);
    for (const [origin, items] of storages ?? []) tab.storages.set(origin, new Map(items));
    this.tabs.push(tab);
    if (url) tab.load(url);
    return tab;
  }

  /** What a page gets of the window that it has opened. */
  popup(page) {
    if (this.isFull || this.world.isOnceIn(12)) return null;
    const tab = this.open(undefined, { isPopup: true });
    page.tell(`opens ${tab.name}`);
    return {
      get closed() {
        return tab.isClosed;
      },
      location: { replace: (url) => page.isGone || tab.go(page, url, true) },
      close: () => page.isGone || this.world.soon(() => tab.close()),
    };
  }

  frame(page, url) {
    const tab = this.open(url, { parent: page });
    (page.frames ??= []).push(tab);
    return tab;
  }
}

class Tab {
  storages = new Map();
  isClosed = false;
  loadedBy = "navigate";
  /** What Back and Forward lead to: an address, and perhaps the page itself. */
  entries = [];
  place = -1;

  constructor(browser, { isPopup = false, parent }) {
    Object.assign(this, { browser, world: browser.world, isPopup, parent });
    this.name = `${parent ? "frame" : isPopup ? "window" : "tab"}${this.world.number()}`;
  }

  get entry() {
    return this.entries[this.place];
  }

  /** The page of the app that is seen. */
  get page() {
    const { page } = this.entry ?? {};
    return page?.isGone ? undefined : page;
  }

  /** The page of a provider that is seen. */
  get visit() {
    return this.entry?.visit;
  }

  pages() {
    return this.entries.flatMap(({ page }) => page ?? []);
  }

  storageOf(origin) {
    if (!this.storages.has(origin)) this.storages.set(origin, new Map());
    return this.storages.get(origin);
  }

  /** A script wants to go somewhere, and goes on until it is there. The last that it wants counts. */
  go(page, url, isInPlace = false) {
    this.world.soon(
      () => {
        if (this.isClosed) return;
        // A visitor who stops, or a server that has nothing to show.
        if (this.world.isOnceIn(40)) return this.world.tell(`${this.name} goes nowhere`);
        this.load(url, isInPlace);
      },
      { owner: page },
    );
  }

  load(url, isInPlace = false) {
    if (this.isClosed) return;
    this.#leave(isInPlace);
    if (!isInPlace || this.place < 0) {
      for (const { page } of this.entries.slice(this.place + 1)) page?.end();
      this.entries.length = ++this.place;
    }
    this.entries[this.place] = { url };
    this.#show("navigate");
  }

  reload() {
    this.#leave(true);
    this.#show("reload");
  }

  /** Back or forward. */
  travel(by) {
    if (this.isClosed || !this.entries[this.place + by]) return;
    this.#leave();
    this.place += by;
    this.world.tell(`${this.name} goes ${by < 0 ? "back" : "forward"}`);
    const { page } = this.entry;
    if (!page || page.isGone) return this.#show("back_forward");
    page.isAsleep = false;
    page.dispatch("pageshow", { persisted: true });
  }

  close() {
    if (this.isClosed) return;
    this.isClosed = true;
    this.world.tell(`${this.name} is closed`);
    for (const page of this.pages()) page.end();
    this.browser.tabs = this.browser.tabs.filter((tab) => tab !== this);
  }

  #leave(isForGood = false) {
    const { page } = this;
    if (!page) return;
    page.isAsleep = false;
    page.dispatch("pagehide", { persisted: !isForGood });
    // As browsers have it: what holds a lock or listens to others is not kept.
    const mayStay = !isForGood && !this.parent && !page.locks.size && !page.channels.size && this.world.draw(3) === 1;
    if (mayStay) page.isAsleep = true;
    else page.end();
    page.tell(mayStay ? "is kept for Back" : "is left");
  }

  #show(loadedBy) {
    const { entry, browser } = this;
    this.loadedBy = loadedBy;
    this.world.tell(`${this.name} shows ${entry.url}`);
    if (new URL(entry.url).origin !== browser.app) {
      entry.visit = browser.network.visit(entry.url, this);
      return;
    }
    entry.page = new Page(browser, this, entry.url);
    browser.start(entry.page);
  }
}
