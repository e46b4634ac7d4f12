// `hallpass/vue`, as an app uses it and as it may not.
import { createAuth } from "hallpass";
import { createAuthPlugin, Restoring, SignedIn, SignedOut, useAuth, useUser } from "hallpass/vue";
import { createApp, h } from "vue";

const auth = createAuth({ mode: "hybrid" });
export const app = createApp({}).use(createAuthPlugin(auth)).use(createAuthPlugin(await auth));
export const parts = [h(SignedIn, () => "in"), h(SignedOut), h(Restoring)];

export function setup(): string {
  const { status, user, error, login } = useAuth();
  void login({});
  // @ts-expect-error -- a computed ref is not the app's to set
  status.value = "signed-in";
  // @ts-expect-error -- a ref, not the status itself
  const is = status === "signed-in";
  // @ts-expect-error -- the user may be null
  useUser().value.name;
  return `${user.value?.["name"]} ${error.value} ${is}`;
}

// @ts-expect-error -- options are no client
createAuthPlugin({ mode: "jwt" });

interface Profile {
  name: string;
}
// Without `Register` a binding takes a client of whatever user.
export const given = createAuthPlugin(createAuth<Profile>({ mode: "jwt" }));
