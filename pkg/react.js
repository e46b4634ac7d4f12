"use client";
import * as Namespace from "react";
import { missing, outdated, sourceOf, watching } from "./src/binding.js";

// A copy: bundlers do not look there for what an older React does not export, so that the error below can tell.
const React = { ...Namespace };
const { createElement, useContext, useEffect, useMemo, useState, useSyncExternalStore } = React;
const Source = React.createContext?.(null);

const PROVIDER = "<AuthProvider auth={…}>";

export function AuthProvider({ auth, initial, children }) {
  if (!useSyncExternalStore) throw outdated("hallpass/react", "React 18", React.version);
  const [begun] = useState(() => initial);
  const source = useMemo(() => sourceOf(auth, PROVIDER, begun), [auth, begun]);
  const [watch] = useState(() => watching(PROVIDER));
  useEffect(() => watch.see(auth));
  useEffect(() => watch.end, [watch]);
  const error = useSyncExternalStore(
    source.subscribe,
    () => source.read().error,
    () => null,
  );
  if (error) throw error;
  return createElement(Source.Provider, { value: source }, children);
}

function use(caller, select) {
  const source = Source && useContext(Source);
  if (!source) {
    throw missing("hallpass/react", caller, "found no <AuthProvider> above it", "render it inside <AuthProvider auth={auth}>");
  }
  return useSyncExternalStore(
    source.subscribe,
    () => select(source.read()),
    () => select(source.first),
  );
}

export const useAuth = () => use("useAuth()", (state) => state);

export const useUser = () => use("useUser()", (state) => state.user);

export const SignedIn = ({ children = null }) => (use("<SignedIn>", statusOf) === "signed-in" ? children : null);

export const SignedOut = ({ children = null }) => (use("<SignedOut>", statusOf) === "signed-out" ? children : null);

export const Restoring = ({ children = null }) => (use("<Restoring>", statusOf) === "restoring" ? children : null);

const statusOf = (state) => state.status;
