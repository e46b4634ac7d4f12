/** @jsxImportSource preact */
// `hallpass/preact`, as an app uses it and as it may not.
import { type AuthUser, createAuth } from "hallpass";
import { AuthProvider, Restoring, SignedIn, SignedOut, useAuth, useUser } from "hallpass/preact";

const auth = createAuth({ mode: "hybrid" });

export const App = () => (
  <AuthProvider auth={auth}>
    <Restoring>wait</Restoring>
    <SignedIn>
      <Orders />
    </SignedIn>
    <SignedOut />
  </AuthProvider>
);

export async function awaited() {
  return [<AuthProvider auth={await auth} key="1" />, <AuthProvider auth={null} key="2" />];
}

function Orders() {
  const user: AuthUser | null = useUser();
  const { status, login, authFetch, expiresAt } = useAuth();
  const end: number | null = expiresAt;
  const call = async () => [await login({}), (await authFetch("/orders")).status, end];
  return <button onClick={call}>{status === "signed-in" ? String(user?.["name"]) : null}</button>;
}

export function Wrong() {
  // @ts-expect-error -- the client is required
  const without = <AuthProvider />;
  // @ts-expect-error -- options are no client
  const options = <AuthProvider auth={{ mode: "jwt" }} />;
  const state = useAuth();
  // @ts-expect-error -- the status is not the app's to set
  state.status = "signed-in";
  // @ts-expect-error -- a status that does not exist
  const is = state.status === "signed_in";
  // @ts-expect-error -- the client itself is the app's
  state.dispose();
  // @ts-expect-error -- the user may be null
  useUser().name;
  return [without, options, is];
}

interface Profile {
  name: string;
}
// Without `Register` a binding takes a client of whatever user.
export const given = <AuthProvider auth={createAuth<Profile>({ mode: "jwt" })} />;
