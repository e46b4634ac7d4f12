import { createAuth, isAuthError } from "/pkg/index.js";
import { lineOf, showJournal } from "/pkg/src/devtools/journal.js";
import { Timeline } from "/pkg/src/devtools/timeline.js";
import { Faults } from "./faults.js";
import { MODES, codeFor, optionsFor } from "./modes.js";
import { Tour } from "./tour.js";
import { watchTraffic } from "./traffic.js";

const $ = (id) => document.getElementById(id);
const REASONS = {
  logout: "You signed out.",
  logout_elsewhere: "You signed out in another tab.",
  session_ended: "The server ended the session.",
  refresh_refused: "The server refused to renew the session.",
  refresh_outcome_unknown: "A renewal got lost on the way, and the server took its repetition for theft.",
  token_expired: "The token came to its end.",
  stored_session_invalid: "The stored session was damaged.",
  store_cleared: "The stored session was removed.",
};

/** Lines of the journal of calls that went a second time. */
const SENT_AGAIN = ["replayed", "sent again with a new csrf token"];

const timeline = new Timeline($("timeline"));
const counts = { requests: 0, refreshes: 0, refused: 0 };
const clients = new Map();
let mode = MODES[location.hash.slice(1)] ? location.hash.slice(1) : "jwt";
let auth;

const faults = new Faults($("switches"), $("fault-note"), () => mode, (id) => {
  tour.did(id);
  show();
});
const press = (id) => () => $(id).click();
const tour = new Tour($("tour"), $("tour-end"), {
  "sign-in": () => $("sign-in").requestSubmit(),
  "sign-out": press("sign-out"),
  call: press("call-one"),
  post: press("call-post"),
  fifty: press("call-fifty"),
  expire: () => faults.press("expire"),
  csrf: () => faults.press("csrf"),
  revoke: () => faults.press("revoke"),
});

/** No client asks for a token before tokens are short-lived. */
const begun = faults.begin().then((hasFaults) => {
  if (hasFaults) return;
  $("faults-hint").textContent = "This backend runs without --faults, so there is nothing to break.";
  $("fault-reset").disabled = true;
});

watchTraffic(({ at, kind, status }) => {
  if (kind === "refresh") counts.refreshes += 1;
  else counts.requests += 1;
  if (kind === "api" && (status === 401 || status === 403)) counts.refused += 1;
  timeline.mark(at, kind === "refresh" ? "refresh" : status >= 200 && status < 400 ? "ok" : "bad");
  showCounts();
});

function showCounts() {
  $("count-requests").textContent = counts.requests;
  $("count-refreshes").textContent = counts.refreshes;
  $("count-refused").textContent = counts.refused;
  const replays = (auth?.journal() ?? []).filter(({ event }) => SENT_AGAIN.includes(event)).length;
  $("count-replays").textContent = replays;
  $("strip-counts").textContent = `calls ${counts.requests} · refreshes ${counts.refreshes} · refused ${counts.refused} · sent again ${replays}`;
}

/** One client for each mode, made when it is first looked at. */
function clientFor(name) {
  if (!clients.has(name)) {
    const client = createAuth(optionsFor(name));
    clients.set(name, client);
    client.then((made) => made.subscribe((change) => name === mode && changed(change)), () => clients.delete(name));
  }
  return clients.get(name);
}

function changed({ event, status }) {
  if (event === "signed-in" || event === "signed-out") timeline.mark(Date.now(), "change", event.replace("-", " "));
  if (event === "subject-changed") timeline.mark(Date.now(), "change", "another user");
  if (status !== "signed-in") timeline.end();
  show();
}

async function choose(name) {
  mode = name;
  history.replaceState(null, "", `#${name}`);
  document.querySelector(`input[value="${name}"]`).checked = true;
  $("mode-text").textContent = MODES[name].text;
  $("config").textContent = codeFor(name);
  $("second-tab").href = `#${name}`;
  $("call-result").textContent = "Nothing called yet.";
  $("error").hidden = true;
  // By cookie the page holds no token: there is nothing to look at, and `refresh()` asks the server who is signed in.
  $("claims-part").hidden = name === "session";
  $("refresh").textContent = name === "session" ? "Ask the server" : "Renew now";
  faults.show();
  tour.begin(name);
  timeline.clear();
  auth = undefined;
  show();
  try {
    await begun;
    const made = await clientFor(name);
    if (mode === name) auth = made;
  } catch (error) {
    fail(error);
  }
  show();
}

function show() {
  // Before the client is there, nothing is known, and there is nothing to sign in or to call with.
  $("main").inert = !auth;
  if (!auth) {
    $("status").textContent = "loading";
    $("status").className = "status";
    $("reason").hidden = true;
    return;
  }
  const { status, user, reason, expiresAt, issuedAt } = auth.getSnapshot();
  $("status").textContent = status.replace("-", " ");
  $("status").className = `status ${status}`;
  $("reason").hidden = !reason;
  $("reason").textContent = reason ? `${REASONS[reason]} (${reason})` : "";
  const isIn = status === "signed-in";
  if (isIn) tour.did("sign-in");
  else tour.did("sign-out");
  // What is hidden loses the focus; a keyboard goes on from there.
  const [shown, hidden] = isIn ? [$("profile"), $("sign-in")] : [$("sign-in"), $("profile")];
  const hadFocus = hidden.contains(document.activeElement);
  hidden.hidden = true;
  shown.hidden = false;
  if (hadFocus) $("session-title").focus();
  $("strip-status").textContent = status.replace("-", " ");
  if (isIn) showUser(user);
  if (isIn && expiresAt) timeline.token(issuedAt, expiresAt);
  showCounts();
  showJournal($("journal"), auth.journal());
}

function showUser(user) {
  const name = user?.name ?? user?.email ?? "Signed in";
  const strong = document.createElement("strong");
  strong.textContent = name;
  const small = document.createElement("small");
  small.textContent = user?.email ?? "";
  $("user").replaceChildren(strong, small);
  $("avatar").textContent = name.slice(0, 1);
  $("claims").textContent = JSON.stringify(auth.claims, null, 2);
}

function tick() {
  if (!auth) return;
  const { status, expiresAt, issuedAt } = auth.getSnapshot();
  const left = expiresAt === null ? null : Math.max(0, Math.ceil((expiresAt - Date.now()) / 1000));
  const text =
    status !== "signed-in" ? "no session"
    : left === null ? "no end known"
    : left === 0 ? "ended, renewed with the next call"
    : `${left} s left of ${Math.round((expiresAt - issuedAt) / 1000)} s`;
  if ($("countdown").textContent !== text) $("countdown").textContent = text;
  $("timeline-text").textContent =
    `Token: ${text}. ${counts.requests} API requests, ${counts.refused} of them refused, ${counts.refreshes} refreshes so far.`;
  showCounts();
  showJournal($("journal"), auth.journal());
}

function fail(error) {
  $("error").hidden = false;
  const text = error.serverMessage ?? error.message;
  $("error").textContent = isAuthError(error)
    ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)} (${error.code}${error.retryAfter ? `, try again in ${error.retryAfter} s` : ""})`
    : String(error);
}

/** `name` is the step that it may be. */
async function call(name, describe) {
  const before = performance.now();
  $("call-result").textContent = "…";
  try {
    const text = await describe();
    $("call-result").textContent = `${text}\n${Math.round(performance.now() - before)} ms`;
  } catch (error) {
    $("call-result").textContent = isAuthError(error) ? `AuthError ${error.code}\n${error.message}` : String(error);
  }
  $("strip-result").textContent = $("call-result").textContent.split("\n", 1)[0];
  tour.did(name);
  show();
}

const describe = async (response) => `${response.status} ${response.statusText}\n${(await response.text()).slice(0, 600)}`;
const orders = () => `/api/${mode}/orders`;

$("call-one").addEventListener("click", () => call("call", async () => describe(await auth.authFetch(orders()))));
$("call-post").addEventListener("click", () =>
  call("post", async () => {
    const body = JSON.stringify({ item: "a pencil", quantity: 1 });
    const headers = { "Content-Type": "application/json" };
    return describe(await auth.authFetch(orders(), { method: "POST", headers, body }));
  }),
);
$("call-fifty").addEventListener("click", () =>
  call("fifty", async () => {
    const { refreshes } = counts;
    const one = async () => {
      const response = await auth.authFetch(orders());
      await response.text();
      return response;
    };
    const answers = await Promise.allSettled(Array.from({ length: 50 }, one));
    const tally = {};
    for (const { value, reason } of answers) {
      const key = value?.status ?? reason.code ?? reason.name;
      tally[key] = (tally[key] ?? 0) + 1;
    }
    // The browser reports a request a little after it has ended.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const lines = Object.entries(tally).map(([key, count]) => `${count} × ${key}`);
    const meanwhile = counts.refreshes - refreshes;
    return `${lines.join("\n")}\n${meanwhile} ${meanwhile === 1 ? "refresh" : "refreshes"} meanwhile`;
  }),
);
$("call-foreign").addEventListener("click", () =>
  call("foreign", async () => {
    const host = location.hostname === "localhost" ? "127.0.0.1" : "localhost";
    const url = `${location.protocol}//${host}:${location.port}/open/echo`;
    const response = await auth.authFetch(url);
    const { headers } = await response.json();
    const credential = headers.authorization ?? headers.cookie ?? "none";
    return `${response.status} from ${host}\ncredential that arrived there: ${credential}`;
  }),
);

$("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  // One that is disabled loses the focus.
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  $("error").hidden = true;
  try {
    await auth.login(Object.fromEntries(new FormData(event.target)));
  } catch (error) {
    fail(error);
  }
  button.removeAttribute("aria-disabled");
  show();
});
$("sign-out").addEventListener("click", () => auth.logout());
$("refresh").addEventListener("click", () =>
  call("refresh", async () => {
    await auth.refresh();
    return mode === "session" ? "Asked." : "Renewed.";
  }),
);
$("fault-reset").addEventListener("click", () => faults.undo());

function copies(button, text) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}
copies($("copy-config"), () => $("config").textContent);
copies($("copy-journal"), () => (auth?.journal() ?? []).map(lineOf).join("\n"));

for (const radio of document.querySelectorAll("input[name=mode]")) {
  radio.addEventListener("change", () => choose(radio.value));
}
addEventListener("hashchange", () => MODES[location.hash.slice(1)] && choose(location.hash.slice(1)));
setInterval(tick, 250);

choose(mode);
