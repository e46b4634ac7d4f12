// Web Locks, as far as the package asks for them: exclusive ones, with `ifAvailable` and `signal`.

export class Locks {
  /** By name: who holds it, and who waits. */
  #locks = new Map();

  constructor(world) {
    this.world = world;
  }

  request(page, name, ...rest) {
    const act = rest.at(-1);
    const { ifAvailable, signal } = rest.length > 1 ? rest[0] : {};
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const wish = { page, resolve, reject, act };
      page.locks.add(wish);
      signal?.addEventListener("abort", () => {
        if (this.#of(name).holder === wish) return;
        this.#gone(name, wish);
        reject(signal.reason);
      });
      const ask = () => {
        if (signal?.aborted) return;
        const lock = this.#of(name);
        const { waiting } = lock;
        if (ifAvailable && (lock.holder || waiting.length)) {
          page.locks.delete(wish);
          return void Promise.resolve(act(null)).then(resolve, reject);
        }
        waiting.push(wish);
        this.#grant(name);
      };
      this.world.soon(ask, { owner: page });
    });
  }

  /** Of a page that is gone nothing is held. */
  leave(page) {
    for (const name of this.#locks.keys()) for (const wish of [...page.locks]) this.#gone(name, wish);
  }

  #of(name) {
    if (!this.#locks.has(name)) this.#locks.set(name, { holder: undefined, waiting: [] });
    return this.#locks.get(name);
  }

  #grant(name) {
    const lock = this.#of(name);
    if (lock.holder || !lock.waiting.length) return;
    const wish = (lock.holder = lock.waiting.shift());
    const run = async () => {
      try {
        wish.resolve(await wish.act({ name }));
      } catch (error) {
        wish.reject(error);
      } finally {
        this.#gone(name, wish);
      }
    };
    this.world.soon(run, { owner: wish.page });
  }

  #gone(name, wish) {
    const lock = this.#of(name);
    wish.page.locks.delete(wish);
    lock.waiting = lock.waiting.filter((one) => one !== wish);
    if (lock.holder !== wish) return;
    lock.holder = undefined;
    this.#grant(name);
  }
}
