// What `hallpass.d.ts` says of the user holds for the client and for each binding.
import type { AuthClient } from "hallpass";
import type { Auth } from "hallpass/angular";
import { useUser as useUserInPreact } from "hallpass/preact";
import { AuthProvider, useAuth, useUser } from "hallpass/react";
import { useUser as useUserInSolid } from "hallpass/solid";
import { authState } from "hallpass/svelte";
import { createAuthPlugin, useUser as useUserInVue } from "hallpass/vue";
import { createAuth as createSlimAuth } from "hallpass/slim";
import { createFakeAuth } from "hallpass/testing";
import { auth } from "./auth.js";

declare const another: AuthClient<{ login: string }>;

export const app = [<AuthProvider auth={auth} />, createAuthPlugin(auth)];
export const names = async (angular: Auth): Promise<(string | undefined)[]> => [
  (await auth).user?.name,
  useUser()?.name,
  useAuth().user?.name,
  useUserInVue().value?.name,
  useUserInPreact()?.name,
  useUserInSolid()()?.name,
  authState(auth).user?.name,
  angular.user()?.name,
];
export const ends = async (): Promise<(number | null)[]> => [(await auth).expiresAt, useAuth().expiresAt, useAuth().claims?.exp ?? null];
// Those of other entries too; and a fake client goes where the real one goes.
export const fake = <AuthProvider auth={createFakeAuth()} />;
export const named = <AuthProvider auth={createFakeAuth({ user: { id: "1", name: "Ada", email: "ada@example.com" } })} />;
export const slim = async (): Promise<string | undefined> => (await createSlimAuth({ mode: "session" })).user?.email;
// One client has another kind of user, which its own binding says.
interface Admin {
  role: "owner" | "clerk";
}
export const admin = authState(createSlimAuth<Admin>({ mode: "session", key: "admin" }));
export const role: Admin["role"] | undefined = admin.user?.role;
// @ts-expect-error -- a user without what the backend sends
export const nobody = <AuthProvider auth={createFakeAuth({ user: { id: 1 } })} />;
// @ts-expect-error -- not a member of the profile
export const wrong = () => useUser()?.nickname;
// @ts-expect-error -- the client has another kind of user
export const other = <AuthProvider auth={another} />;
