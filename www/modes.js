// What the demo says about each mode, and how it configures the client for it.

export const MODES = {
  session: {
    text: "The server keeps the session and the browser sends its id in an HttpOnly cookie. hallpass adds the credentials and the CSRF token, restores you from the me endpoint, and notices when the session ends.",
    options: { mode: "session" },
  },
  jwt: {
    text: "The server signs a short-lived access token and hands out a refresh token. hallpass stores both, sends the Bearer header, renews the token once for all calls, and sends a refused call again.",
    options: { mode: "jwt", storage: "local" },
  },
  hybrid: {
    text: "The access token lives in memory only; the refresh token is in an HttpOnly SameSite cookie that no script can read. A reload asks the server for a new access token.",
    options: { mode: "hybrid" },
  },
};

export function optionsFor(mode) {
  const at = (name) => `/auth/${mode}/${name}`;
  const endpoints = { login: at("login"), logout: at("logout") };
  if (mode === "session") endpoints.me = at("me");
  else endpoints.refresh = at("refresh");
  return { ...MODES[mode].options, key: mode, endpoints };
}

/** The call that made the client, as code to copy. */
export function codeFor(mode) {
  const options = JSON.stringify(optionsFor(mode), null, 2).replace(/"(\w+)":/g, "$1:");
  return `import { createAuth } from "hallpass";

const auth = await createAuth(${options});

await auth.login({ email, password });
const response = await auth.authFetch("/api/${mode}/orders");

auth.subscribe(({ event, status, user, reason }) => render());
await auth.logout();`;
}
