import { createComponent, createComputed, createContext, createMemo, createSignal, onCleanup, onMount, sharedConfig, Show, useContext } from "solid-js";
import { missing, sourceOf } from "./src/binding.js";

const Shown = createContext();

export function AuthProvider(props) {
  const source = sourceOf(props.auth, "<AuthProvider auth={…}>", props.initial);
  // What a server has rendered shows the first state.
  const [state, setState] = createSignal(sharedConfig.context ? source.first : source.read());
  const update = () => setState(() => source.read());
  onMount(update);
  onCleanup(source.subscribe(update));

  const error = createMemo(() => state().error);
  createComputed(() => {
    if (error()) throw error();
  });

  const { login, logout, authFetch, refresh, accessToken, error: _error, ...values } = source.first;
  const auth = { login, logout, authFetch, refresh, accessToken };
  for (const name of Object.keys(values)) auth[name] = createMemo(() => state()[name]);
  return createComponent(Shown.Provider, {
    value: auth,
    get children() {
      return props.children;
    },
  });
}

function use(caller) {
  const auth = useContext(Shown);
  if (auth) return auth;
  throw missing("hallpass/solid", caller, "found no <AuthProvider> above it", "render it inside <AuthProvider auth={auth}>");
}

export const useAuth = () => use("useAuth()");

export const useUser = () => use("useUser()").user;

const during = (name, when) => (props) => {
  const { status } = use(`<${name}>`);
  return createComponent(Show, {
    get when() {
      return status() === when;
    },
    get children() {
      return props.children;
    },
  });
};

export const SignedIn = /* @__PURE__ */ during("SignedIn", "signed-in");

export const SignedOut = /* @__PURE__ */ during("SignedOut", "signed-out");

export const Restoring = /* @__PURE__ */ during("Restoring", "restoring");
