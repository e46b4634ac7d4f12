import { createContext, h } from "preact";
import { useContext, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { missing, sourceOf, watching } from "./src/binding.js";

const PROVIDER = "<AuthProvider auth={…}>";
const Shown = createContext(null);

export function AuthProvider({ auth, initial, children }) {
  const [begun] = useState(() => initial);
  const source = useMemo(() => sourceOf(auth, PROVIDER, begun), [auth, begun]);
  const [watch] = useState(() => watching(PROVIDER));
  useEffect(() => watch.see(auth));
  useEffect(() => watch.end, [watch]);
  const shown = useMemo(() => ({ source, isMounted: false }), [source]);
  const error = useSelected(shown, errorOf);
  useLayoutEffect(() => {
    shown.isMounted = true;
  }, [shown]);
  if (error) throw error;
  return h(Shown.Provider, { value: shown }, children);
}

/** What `select` finds in the state. While the provider is being mounted it is the first state: a server may have rendered that. */
function useSelected(shown, select) {
  const { source } = shown;
  const isLive = useRef(false);
  const [, update] = useReducer((count) => count + 1, 0);
  const value = select(isLive.current || shown.isMounted ? source.read() : source.first);
  const last = useRef();
  last.current = value;
  useLayoutEffect(() => {
    isLive.current = true;
    const look = () => {
      if (select(source.read()) !== last.current) update();
    };
    look();
    return source.subscribe(look);
  }, [source]);
  return value;
}

function use(caller, select) {
  const shown = useContext(Shown);
  if (shown) return useSelected(shown, select);
  throw missing("hallpass/preact", caller, "found no <AuthProvider> above it", "render it inside <AuthProvider auth={auth}>");
}

export const useAuth = () => use("useAuth()", (state) => state);

export const useUser = () => use("useUser()", (state) => state.user);

export const SignedIn = ({ children = null }) => (use("<SignedIn>", statusOf) === "signed-in" ? children : null);

export const SignedOut = ({ children = null }) => (use("<SignedOut>", statusOf) === "signed-out" ? children : null);

export const Restoring = ({ children = null }) => (use("<Restoring>", statusOf) === "restoring" ? children : null);

const statusOf = (state) => state.status;
const errorOf = (state) => state.error;
