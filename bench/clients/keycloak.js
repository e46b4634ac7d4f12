import Keycloak from "keycloak-js";

export const start = () => new Keycloak({ url: location.origin, realm: "bench", clientId: "bench" });
