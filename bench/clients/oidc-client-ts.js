import { UserManager } from "oidc-client-ts";

export const start = () =>
  new UserManager({ authority: location.origin, client_id: "bench", redirect_uri: `${location.origin}/callback` });
