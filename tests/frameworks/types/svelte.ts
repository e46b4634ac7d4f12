// `hallpass/svelte`, as an app uses it and as it may not.
import { createAuth } from "hallpass";
import { type AuthState, authState, getAuthState, setAuthState } from "hallpass/svelte";
import { derived, get } from "svelte/store";

interface Profile {
  name: string;
}

export const auth: AuthState<Profile> = authState(createAuth<Profile>({ mode: "session" }));
export const name = derived(auth, ({ user }) => user?.name.trim());
export const status: "restoring" | "signed-in" | "signed-out" = get(auth).status;
export const set: AuthState<Profile> = setAuthState(auth);
export const got: string | undefined = getAuthState<Profile>().user?.name;

// @ts-expect-error -- the status is not the app's to set
auth.status = "signed-in";
// @ts-expect-error -- the user may be null
auth.user.name;
// @ts-expect-error -- not a store that can be written
auth.set({});
// @ts-expect-error -- options are no client
authState({ mode: "jwt" });
