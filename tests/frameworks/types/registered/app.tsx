// What a user is, said once.
import { type AuthClient, createAuth } from "hallpass";
import type { Auth } from "hallpass/angular";
import { useUser as useUserInPreact } from "hallpass/preact";
import { AuthProvider, useAuth, useUser } from "hallpass/react";
import { useUser as useUserInSolid } from "hallpass/solid";
import { createAuthPlugin, useUser as useUserInVue } from "hallpass/vue";

interface Profile {
  name: string;
}

declare module "hallpass/react" {
  interface Register {
    user: Profile;
  }
}
declare module "hallpass/angular" {
  interface Register {
    user: Profile;
  }
}
declare module "hallpass/preact" {
  interface Register {
    user: Profile;
  }
}
declare module "hallpass/solid" {
  interface Register {
    user: Profile;
  }
}
declare module "hallpass/vue" {
  interface Register {
    user: Profile;
  }
}

declare const another: AuthClient<{ login: string }>;

export const app = [<AuthProvider auth={createAuth<Profile>({ mode: "jwt" })} />, createAuthPlugin(createAuth<Profile>({ mode: "jwt" }))];
export const names = () => [useUser()?.name.trim(), useAuth().user?.name.trim(), useUserInVue().value?.name.trim()];
export const others = (auth: Auth) => [useUserInPreact()?.name.trim(), useUserInSolid()()?.name.trim(), auth.user()?.name.trim()];
// @ts-expect-error -- not a member of the profile
export const wrong = () => useUser()?.nickname;
// @ts-expect-error -- the client has another kind of user
export const other = <AuthProvider auth={another} />;
