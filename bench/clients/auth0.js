import { Auth0Client } from "@auth0/auth0-spa-js";

export const start = () => new Auth0Client({ domain: "example.auth0.com", clientId: "bench" });
