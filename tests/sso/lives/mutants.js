// Mistakes that the package does not make: a file and a text of it, what stands in its place, and how the lives see it. `isSeenSoon`: within a few.

export const mutants = [
  {
    name: "a slot that is taken stays as it was",
    isSeenSoon: true,
    changes: { "src/sso/slots.js": [["localStorage.setItem(PREFIX + state, used), true", "true"]] },
    seen: /is taken twice|is sent twice/,
  },
  {
    name: "an answer is taken by the slot of any sign-in",
    isSeenSoon: true,
    changes: { "src/sso/slots.js": [["const slot = read(PREFIX + state);", "const slot = read(Object.keys(localStorage).find((name) => name.startsWith(PREFIX)));"]] },
    seen: /comes with the verifier of another|has come to|is taken twice/,
  },
  {
    name: "what a slot held is kept once it was taken",
    changes: { "src/sso/slots.js": [["...slot.filter(([name]) => OF_A_USED.includes(name))", "...slot"]] },
    seen: /which was taken, there is left/,
  },
  {
    name: "the address keeps the answer",
    isSeenSoon: true,
    changes: { "src/sso/callback.js": [["if (search) history.replaceState", "if (!search) history.replaceState"]] },
    seen: /still shows a code/,
  },
  {
    name: "a logout does not stop a sign-in",
    changes: { "src/sso/callback.js": [["context.logouts !== logouts", "false"]] },
    seen: /after its logout/,
  },
  {
    name: "a logout through a client that came later does not stop a sign-in",
    changes: { "src/sso.js": [["get logouts() { return ended.get(key) ?? 0; }", "logouts: 0"], ["ended.set(key, context.logouts + 1)", "context.logouts++"]] },
    seen: /after its logout/,
  },
  {
    name: "what nobody takes is not revoked",
    changes: { "src/sso/callback.js": [["if (!revocation_endpoint ||", "if (revocation_endpoint ||"]] },
    seen: /it was not revoked/,
  },
  {
    name: "a refresh token goes to whichever provider comes first",
    isSeenSoon: true,
    changes: { "src/sso/engine.js": [["markOf(own) === mark ||", "true ||"]] },
    seen: /refresh-work has come to https:\/\/id\.|no token of https:\/\/id\./,
  },
  {
    name: "the token of an API is asked for as that of the session",
    changes: { "src/sso/grants.js": [["{ ...api, refresh_token:", "{ refresh_token:"]] },
    seen: /access-home has come to https:\/\/orders\./,
  },
  {
    name: "who asks a second time is not told the same",
    changes: { "src/sso.js": [["if (taken && (", "if (false && ("]] },
    seen: /is told .* and /,
  },
  {
    name: "whatever has a state is taken for ours",
    changes: {
      "src/sso.js": [["/[?&]state=hallpass\\./", "/[?&]state=/"]],
      "src/sso/callback.js": [["if (!is) return null;\n    // Before", "clean();\n    if (!is) return null;\n    // Before"]],
    },
    seen: /has touched another's answer/,
  },
];
