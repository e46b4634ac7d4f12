// What a client shows and tells, out of the lists that the shell gives.

import { deepFreeze } from "./frozen.js";

/** How many claims are told of a large token. */
const MOST_CLAIMS = 5;

/** The state by its names. */
export const snapshotOf = ([status, user, reason, expiresAt, issuedAt, storage], internUser) => {
  return { status, user: internUser(user), reason, expiresAt, issuedAt, storage };
};

/** What a listener gets: the event, the state after it, and what belongs to this event. */
export function eventOf([event, ...state], internUser, claims) {
  const [first, second] = state.slice(6);
  return deepFreeze({
    event,
    ...snapshotOf(state, internUser),
    ...(event === "step-up-required" && { acrValues: first, maxAge: second }),
    ...(event === "signed-out" && { serverCode: first, serverMessage: second }),
    ...(event === "token-large" && { heaviest: heaviest(claims()) }),
  });
}

/** The claims that make a token large, the largest first. */
const heaviest = (claims) =>
  Object.entries(claims ?? {})
    .map(([name, value]) => ({ name, bytes: new TextEncoder().encode(JSON.stringify(value)).length }))
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, MOST_CLAIMS);
