import * as Vue from "vue";
import { missing, onFailure, outdated, sourceOf } from "./src/binding.js";

const KEY = Symbol("hallpass");

export const createAuthPlugin = (auth) => ({
  install(app) {
    if (!app.runWithContext) throw outdated("hallpass/vue", "Vue 3.3", app.version);
    const source = sourceOf(auth, "createAuthPlugin(auth)");
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
    const refs = Object.keys(values).map((name) => [name, Vue.computed(() => state.value[name])]);
    app.provide(KEY, { ...Object.fromEntries(refs), login, logout, authFetch, refresh, accessToken });
  },
});

function use(caller) {
  const auth = Vue.hasInjectionContext?.() && Vue.inject(KEY, null);
  if (auth) return auth;
  const cure = "call app.use(createAuthPlugin(auth)) before app.mount(), and this in setup()";
  throw missing("hallpass/vue", caller, "found no client in this app", cure);
}

export const useAuth = () => use("useAuth()");

export const useUser = () => use("useUser()").user;

const during = (name, status) =>
  Object.assign((_, { slots }) => use(`<${name}>`).status.value === status && slots.default?.(), { displayName: name });

export const SignedIn = /* @__PURE__ */ during("SignedIn", "signed-in");

export const SignedOut = /* @__PURE__ */ during("SignedOut", "signed-out");

export const Restoring = /* @__PURE__ */ during("Restoring", "restoring");
