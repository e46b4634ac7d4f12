// A sign-in at the provider: what goes out, and what comes of its answer.

import { jsonOf } from "../credentials.js";
import { AuthError } from "../error.js";
import { checkAll, isText, table } from "../options.js";
import { encoded } from "../verify/base64url.js";
import { takeUp } from "./callback.js";
import { decide } from "./decide.js";
import { hashed, random } from "./random.js";
import { keep } from "./slots.js";

/** By the names of the protocol. */
const WISHES = {
  prompt: "prompt",
  loginHint: "login_hint",
  acrValues: "acr_values",
  maxAge: "max_age",
  uiLocales: "ui_locales",
  returnTo: "return_to",
};
const texts = (value) => isText(value) || (Array.isArray(value) && value.every(isText));
const KINDS = {
  prompt: "string",
  loginHint: "string",
  acrValues: texts,
  maxAge: "number",
  uiLocales: texts,
  returnTo: "string",
  params: table,
  appState: () => true,
};

export const flowOf = (own, provider, client) => ({
  redirect: (wishes) => redirect(own, provider, wishes),
  takeUp: (cleaned) => takeUp(own, client, cleaned),
});

/** Goes to the provider. Settles if that fails, and when the visitor comes back to this very page. */
async function redirect(own, provider, wishes = {}) {
  const url = await begun(own, await provider.server(), wishes);
  const back = new Promise((done) => addEventListener("pageshow", ({ persisted }) => persisted && done(), { once: true }));
  location.assign(url);
  await back;
}

/** The URL at the provider, once the slot of its answer is kept. */
async function begun(own, server, { params = {}, appState, ...wishes }) {
  checkWishes({ ...wishes, params });
  const { key, clientId, redirectUri, scope } = own;
  const [state, nonce, verifier] = [`hallpass.${random()}`, random(), random()];
  const { pathname, search, hash } = location;
  const asked = Object.entries({ returnTo: pathname + search + hash, ...wishes });
  const answer = await decide("begin", [
    Object.entries({ key, client_id: clientId, redirect_uri: redirectUri, scope, origin: location.origin }),
    server,
    [
      ...asked.filter(([, value]) => value !== undefined).map(([name, value]) => [WISHES[name], [value].flat().join(" ")]),
      ["app_state", appState === undefined ? "" : jsonOf("appState", appState)],
    ],
    Object.entries(params),
    Object.entries({ state, nonce, verifier, challenge: encoded(await hashed(verifier)), now: Date.now() }),
  ]);
  const said = answer.filter(([name]) => name === "slot").map(([, text]) => text);
  const slot = said.flatMap((text, place) => (place % 2 ? [] : [[text, said[place + 1]]]));
  await keep(state, slot);
  const url = new URL(Object.fromEntries(server).authorization_endpoint);
  for (const [name, value] of answer) if (name !== "slot") url.searchParams.append(name, value);
  return url.href;
}

function checkWishes(wishes) {
  try {
    checkAll("options", wishes, KINDS);
  } catch ([option, member]) {
    const name = option === "options" ? member : option;
    throw new AuthError("config_invalid", `option ${name}: is not known, or of the wrong kind`, { option: name });
  }
}
