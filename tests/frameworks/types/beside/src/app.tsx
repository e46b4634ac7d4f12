// What `hallpass.d.ts` says of the user holds for the client and for each binding.
import type { AuthClient } from "hallpass";
import type { Auth } from "hallpass/angular";
import { useUser as useUserInPreact } from "hallpass/preact";
import { AuthProvider, useAuth, useUser } from "hallpass/react";
import { useUser as useUserInSolid } from "hallpass/solid";
import { authState } from "hallpass/svelte";
import { createAuthPlugin, useUser as useUserInVue } from "hallpass/vue";
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
// @ts-expect-error -- not a member of the profile
export const wrong = () => useUser()?.nickname;
// @ts-expect-error -- the client has another kind of user
export const other = <AuthProvider auth={another} />;
