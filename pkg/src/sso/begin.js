// A sign-in that begins: what it asks for, and what is kept of it.

import { AuthError } from "../error.js";
import { checkAll, isText, table } from "../options.js";
import { encoded } from "../verify/base64url.js";
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

const here = () => location.pathname + location.search + location.hash;

/**
 * The query for the provider and its `state`, once the slot of the answer is kept. `kind`: how it goes there. `demanded`: what is
 * wished for is, and of whom.
 */
export async function begun(own, server, { params = {}, appState, returnTo = here(), ...others }, kind, demanded) {
  const wishes = { returnTo, ...others };
  checkWishes({ ...wishes, params });
  const { name: providerName, key, clientId, redirectUri, scope, sharesRedirectUri, further = [], proving } = own;
  const [state, nonce, verifier] = [`hallpass.${random()}`, random(), random()];
  const asked = Object.entries(wishes).filter(([, value]) => value !== undefined);
  // What this sign-in wishes stands in the place of what each has to ask.
  const standing = Object.entries(own.params).filter(([name]) => !asked.some(([wish]) => WISHES[wish] === name));
  const answer = await decide("begin", [
    [
      ...Object.entries({ key, client_id: clientId, redirect_uri: redirectUri, scope, origin: location.origin, shares_redirect_uri: sharesRedirectUri }),
      ...further,
      ...((await proving?.(server)) ?? []),
    ],
    server,
    [
      ...asked.map(([name, value]) => [WISHES[name], [value].flat().join(" ")]),
      ["app_state", textOf(appState)],
      ["kind", kind],
      ["provider", providerName],
      ...(demanded ?? []),
    ],
    Object.entries({ ...Object.fromEntries(standing), ...params }),
    Object.entries({ state, nonce, verifier, challenge: encoded(await hashed(verifier)), now: Date.now() }),
  ]);
  return { state, query: await kept(state, answer) };
}

/** Keeps the slot that is among what was decided; the rest is asked for. */
export async function kept(state, answer) {
  const isSlot = ([name]) => name === "hallpass.slot";
  const said = answer.filter(isSlot).map(([, text]) => text);
  await keep(state, said.flatMap((text, place) => (place % 2 ? [] : [[text, said[place + 1]]])));
  return answer.filter((member) => !isSlot(member));
}

/** As text, which comes back as it went. */
function textOf(appState) {
  let text;
  try {
    text = appState === undefined ? "" : JSON.stringify(appState);
  } catch {
    // A cycle, a BigInt.
  }
  if (text === undefined) throw new AuthError("config_invalid", "option appState: must be a value that JSON can hold", { option: "appState" });
  return text;
}

export function checkWishes(wishes) {
  try {
    checkAll("options", wishes, KINDS);
  } catch ([option, member]) {
    const name = option === "options" ? member : option;
    throw new AuthError("config_invalid", `option ${name}: is not known, or of the wrong kind`, { option: name });
  }
}
