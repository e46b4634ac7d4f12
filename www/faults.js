// The switches that break things, over the backend's fault API.

const API = "/_faults/default";
/** Short enough to watch a token come to its end. */
const TOKEN_LIFE = 20_000;
/** When a server's clock jumps, the idle time of a cookie session jumps with it: so it may be longer than the jump. */
const IDLE = 8 * 3_600_000;

const down = [
  { path: "/auth/*", status: 503 },
  { path: "/api/*", status: 503 },
];

/** `state`: stays on until undone. Else it happens once. `lacks`: by mode, why there is nothing to break. */
const SWITCHES = [
  { id: "down", title: "Server down", text: "Every answer is 503. Nobody is signed out by that.", state: true },
  {
    id: "clock",
    title: "Clock off by an hour",
    text: "The server's clock runs an hour ahead of yours. Nobody is signed out by that.",
    on: "Here a cookie session may be idle for 8 hours; with less than one, the jump itself would end it.",
    state: true,
  },
  {
    id: "expire",
    title: "Token expired",
    text: "The server refuses every token given out so far.",
    done: "All access tokens are refused from now on.",
    lacks: { session: "There is no token in session mode." },
  },
  { id: "revoke", title: "Session revoked", text: "The server ends your session for good.", done: "Every session has been revoked." },
  {
    id: "lost",
    title: "Answer lost",
    text: "The next refresh is done, but its answer never arrives.",
    done: "The answer of the next refresh will be lost.",
    lacks: { session: "Nothing is refreshed in session mode." },
  },
  {
    id: "csrf",
    title: "CSRF token rotated",
    text: "The token that the page holds is now invalid.",
    done: "The CSRF tokens have been rotated.",
    lacks: { jwt: "There is no cookie in JWT mode, so nothing to forge." },
  },
];

const send = (path, method, body) =>
  fetch(API + path, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });

export class Faults {
  #on = new Set();
  #buttons = new Map();
  #note;
  #mode;
  #hasApi = true;

  /** `mode()` tells the mode of the moment; `after()` is called when something has been broken. */
  constructor(list, note, mode, after) {
    this.#note = note;
    this.#mode = mode;
    for (const item of SWITCHES) {
      const button = document.createElement("button");
      button.dataset.testid = `fault-${item.id}`;
      button.innerHTML = "<strong><span></span><em></em></strong><small></small>";
      button.querySelector("span").textContent = item.title;
      button.addEventListener("click", async () => {
        await this.#flip(item);
        after(item.id);
      });
      this.#buttons.set(item.id, button);
      list.append(document.createElement("li"));
      list.lastChild.append(button);
    }
    this.show();
  }

  /** As a click on the switch of this name. */
  press(id) {
    this.#buttons.get(id).click();
  }

  /** Makes tokens short-lived. False: the backend has no fault API. */
  async begin() {
    const answer = await send("/settings", "PUT", { accessTtlMs: TOKEN_LIFE, idleMs: IDLE }).catch(() => null);
    if (answer?.ok) return true;
    this.#hasApi = false;
    this.show();
    return false;
  }

  async undo() {
    this.#on.clear();
    await Promise.all([send("/rules", "PUT", []), send("/clock", "PUT", { offsetMs: 0 })]);
    this.show();
    this.#note.textContent = "All is well again.";
  }

  async log() {
    return (await fetch(`${API}/log`)).json();
  }

  async #flip(item) {
    if (item.state) {
      if (!this.#on.delete(item.id)) this.#on.add(item.id);
    }
    const isOn = this.#on.has(item.id);
    const rules = this.#on.has("down") ? down : [];
    const act = {
      down: () => send("/rules", "PUT", rules),
      clock: () => send("/clock", "PUT", { offsetMs: isOn ? 3_600_000 : 0 }),
      expire: () => send("/expire", "POST"),
      revoke: () => send("/revoke", "POST"),
      csrf: () => send("/rotate-csrf", "POST"),
      lost: () =>
        send("/rules", "PUT", [{ path: `/auth/${this.#mode()}/refresh`, times: 1, drop: "after" }, ...rules]),
    };
    const answer = await act[item.id]().catch(() => null);
    this.show();
    this.#note.textContent = answer?.ok
      ? item.done ?? `${item.title}: ${isOn ? "on" : "off"}. ${(isOn && item.on) || ""}`
      : "The backend did not do it. Is it running with --faults?";
  }

  /** The switches, as they are in the mode of the moment. */
  show() {
    for (const item of SWITCHES) {
      const button = this.#buttons.get(item.id);
      const lacks = item.lacks?.[this.#mode()];
      button.disabled = !this.#hasApi || Boolean(lacks);
      button.querySelector("small").textContent = lacks ?? item.text;
      const isOn = this.#on.has(item.id);
      if (item.state) button.setAttribute("aria-pressed", isOn);
      button.querySelector("em").textContent = item.state ? (isOn ? "on" : "off") : "once";
    }
  }
}
