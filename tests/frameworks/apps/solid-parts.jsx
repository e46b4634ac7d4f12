// What shows the state, compiled for pages and for servers.
import { ErrorBoundary } from "solid-js";
import { AuthProvider, Restoring, SignedIn, SignedOut, useAuth, useUser } from "hallpass/solid";

export { useAuth, useUser, SignedIn };

const Inner = (props) => {
  const auth = useAuth();
  props.found?.(auth);
  return (
    <main class={auth.status()}>
      <Restoring>
        <b>wait</b>
      </Restoring>
      <SignedIn>
        <u>in</u>
      </SignedIn>
      <SignedOut>
        <i>out</i>
      </SignedOut>
    </main>
  );
};

export const App = (props) => (
  <ErrorBoundary fallback={(error) => <em>{error.code ?? error.message}</em>}>
    <AuthProvider auth={props.auth} initial={props.initial}>
      <Inner found={props.found} />
    </AuthProvider>
  </ErrorBoundary>
);
