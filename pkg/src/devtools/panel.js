// The panel: one line that unfolds to the time line, the faults and the journal.

import { faultsOf } from "./faults.js";
import { lineOf, showJournal } from "./journal.js";
import { STYLE } from "./style.js";
import { Timeline } from "./timeline.js";

/** Milliseconds between two looks at the client. */
const PACE = 250;

const BUTTONS = [
  ["expire", "Expire the token"],
  ["refuseNext", "401 to the next call"],
  ["dropRefresh", "Drop the next refresh answer"],
  ["skew", "Skew the clock"],
];

/** What a line of the journal is in the picture. */
const MARKS = {
  "refresh sent": ["refresh"],
  "refused by the API": ["bad"],
  "refresh refused": ["bad"],
  replayed: ["ok"],
  "signed in": ["change", "signed in"],
  "signed out": ["change", "signed out"],
};

/** Shows `client` in `host`. Gives what ends that. */
export function panelFor(client, host, isOpen) {
  const root = host.attachShadow({ mode: "open" });
  // A sheet of its own is no inline style: a strict policy lets it be.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const faults = faultsOf(client);
  const section = add(root, "section", { ariaLabel: "hallpass devtools" });
  const head = add(section, "button", { className: "head", type: "button" });
  add(head, "b", { textContent: "hallpass" });
  const summary = add(head, "span");
  const body = add(section, "div", { className: "body" });
  const left = add(body, "div");
  const canvas = add(left, "canvas", { role: "img", ariaLabel: "Time line of the access token" });
  const row = add(left, "div", { className: "row" });
  const note = add(left, "p", { role: "status" });
  const list = add(body, "ol", { tabIndex: 0, ariaLabel: "Journal, newest first" });

  const button = (parent, textContent, act) => {
    add(parent, "button", { type: "button", textContent }).addEventListener("click", async () => (note.textContent = await act()));
  };
  for (const [name, text] of BUTTONS) button(row, text, faults[name]);
  button(row, "Copy the journal", async () => {
    await navigator.clipboard.writeText(client.journal().map(lineOf).join("\n"));
    return "Copied. It holds no token and no password.";
  });

  const timeline = new Timeline(canvas);
  let seen = 0;
  const show = () => {
    const { status, user, expiresAt, issuedAt, reason } = client.getSnapshot();
    const left = expiresAt === null ? "" : `${Math.max(0, Math.ceil((expiresAt - Date.now()) / 1000))} s left`;
    const name = user?.name ?? user?.email ?? "";
    const text = [status.replace("-", " "), name, left, reason].filter(Boolean).join(" · ");
    if (summary.textContent !== text) summary.textContent = text;
    if (status !== "signed-in") timeline.end();
    else if (expiresAt) timeline.token(issuedAt, expiresAt);
    const entries = client.journal();
    for (const { event, time } of entries) {
      if (time > seen && MARKS[event]) timeline.mark(time, ...MARKS[event]);
    }
    seen = entries.at(-1)?.time ?? seen;
    if (!body.hidden) showJournal(list, entries);
  };
  const unfold = (isOpen) => {
    body.hidden = !isOpen;
    head.ariaExpanded = String(isOpen);
    show();
  };
  head.addEventListener("click", () => unfold(body.hidden));
  unfold(isOpen);
  const stop = client.subscribe(show);
  const timer = setInterval(show, PACE);

  return () => {
    clearInterval(timer);
    stop();
    timeline.stop();
    faults.end();
  };
}

function add(parent, tag, members) {
  const element = Object.assign(document.createElement(tag), members);
  parent.append(element);
  return element;
}
