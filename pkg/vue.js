import * as Vue from "vue";
import { missing, onFailure, outdated, sourceOf } from "./src/binding.js";

const KEY = Symbol("hallpass");
/** The client that each app shows. */
const shown = new WeakMap();

export const createAuthPlugin = (auth, { initial } = {}) => ({
  install(app) {
    if (!app.runWithContext) throw outdated("hallpass/vue", "Vue 3.3", app.version);
    // Installed already, with the same client.
    if (shown.get(app) === auth && auth) return;
    const source = sourceOf(auth, "createAuthPlugin(auth)", initial);
    shown.set(app, auth);
    const state = Vue.shallowRef(source.read());
    let isHydrating = false;
    const update = () => {
      state.value = isHydrating ? source.first : source.read();
    };
    const stop = source.subscribe(update);
    if (auth) onFailure(auth, (error) => (app.config.errorHandler ?? reportError)(error, null, "hallpass"));

    const { mount, unmount } = app;
    app.mount = (container, ...more) => {
      const element = typeof container === "string" ? document.querySelector(container) : container;
      // What a server has rendered shows the first state; to begin with another would be a mismatch.
      isHydrating = element?.hasChildNodes?.() ?? false;
      update();
      try {
        return mount(container, ...more);
      } finally {
        isHydrating = false;
        update();
      }
    };
    app.unmount = () => {
      stop();
      unmount();
    };

    const { login, logout, authFetch, refresh, accessToken, ...values } = source.first;
    const calls = { login, logout, authFetch, refresh, accessToken };
    const refsOf = (read) => {
      const refs = Object.keys(values).map((name) => [name, Vue.computed(() => read()[name])]);
      return { ...Object.fromEntries(refs), ...calls };
    };
    const live = refsOf(() => state.value);
    const firstUntil = (isHydrated) => refsOf(() => (isHydrated.value ? state.value : source.first));
    app.provide(KEY, { live, firstUntil });
  },
});

function use(caller) {
  const provided = Vue.hasInjectionContext?.() && Vue.inject(KEY, null);
  if (!provided) {
    const cure = "call app.use(createAuthPlugin(auth)) before app.mount(), and this in setup()";
    throw missing("hallpass/vue", caller, "found no client in this app", cure);
  }
  const instance = Vue.getCurrentInstance();
  if (!isHydrating(instance)) return provided.live;
  const isHydrated = Vue.shallowRef(false);
  // A function is a component without a setup, whose hooks would come too late.
  const afterwards = typeof instance.type === "function" ? Vue.nextTick : Vue.onMounted;
  afterwards(() => (isHydrated.value = true));
  return provided.firstUntil(isHydrated);
}

/**
 * Whether a server has rendered this component, and it has not been taken over yet: it has its element before it was ever rendered. That may
 * be long after `app.mount()`, where it is lazy, inside of `<Suspense>`, or has an async setup.
 */
const isHydrating = (instance) => Boolean(instance?.vnode.el) && !instance.isMounted;

export const useAuth = () => use("useAuth()");

export const useUser = () => use("useUser()").user;

const during = (name, when) => ({
  name,
  setup(_, { slots }) {
    const { status } = use(`<${name}>`);
    return () => (status.value === when ? slots.default?.() : undefined);
  },
});

export const SignedIn = /* @__PURE__ */ during("SignedIn", "signed-in");

export const SignedOut = /* @__PURE__ */ during("SignedOut", "signed-out");

export const Restoring = /* @__PURE__ */ during("Restoring", "restoring");
