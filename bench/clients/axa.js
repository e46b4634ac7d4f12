import { OidcClient } from "@axa-fr/oidc-client";

export const start = () =>
  OidcClient.getOrCreate(() => fetch)({
    client_id: "bench",
    redirect_uri: `${location.origin}/callback`,
    scope: "openid",
    authority: location.origin,
  });
