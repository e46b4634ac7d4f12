// The first minute: what to do in a mode, one step after the other, and what each shows.

const tokens = [
  { did: "sign-in", text: "Sign in as Ada.", button: "Sign in" },
  { did: "expire", text: "Let the server refuse her token from now on.", button: "Expire the token" },
  { did: "fifty", text: "Make fifty calls at once. Each is answered, and one refresh is sent for all of them.", button: "Fifty calls" },
  { did: "sign-out", text: "Sign out. A second tab would be signed out with this one.", button: "Sign out" },
];

/** By mode. `did` is what ends a step, whoever does it: the step's button or the page's. */
const STEPS = {
  jwt: tokens,
  hybrid: tokens,
  session: [
    tokens[0],
    { did: "csrf", text: "Rotate the CSRF token: the one that the page holds is now invalid.", button: "Rotate it" },
    { did: "post", text: "Send a POST. It is refused, fetches the new CSRF token, and is sent again.", button: "Send a POST" },
    { did: "revoke", text: "End the session on the server, as an administrator would.", button: "Revoke it" },
    { did: "call", text: "Make a call: you are signed out, and the page knows why.", button: "One call" },
  ],
};

const END = "That was it. Break something else below, or choose another mode.";

export class Tour {
  #list;
  #end;
  #run;
  #steps = [];
  #done = 0;

  /** `run`: by the name of a step, what its button does. */
  constructor(list, end, run) {
    this.#list = list;
    this.#end = end;
    this.#run = run;
  }

  /** From the first step on. */
  begin(mode) {
    this.#steps = STEPS[mode];
    this.#done = 0;
    this.#list.replaceChildren(
      ...this.#steps.map(({ did, text, button }) => {
        const item = document.createElement("li");
        const said = document.createElement("span");
        said.textContent = text;
        const does = document.createElement("button");
        does.type = "button";
        does.textContent = button;
        does.dataset.testid = `tour-${did}`;
        does.addEventListener("click", () => this.#run[did]());
        item.append(said, does);
        return item;
      }),
    );
    this.#show();
  }

  /** Something was done. What is not the next step does not count. */
  did(what) {
    if (this.#steps[this.#done]?.did !== what) return;
    const hadFocus = this.#list.children[this.#done].contains(document.activeElement);
    this.#done += 1;
    this.#show();
    if (hadFocus) (this.#list.children[this.#done]?.querySelector("button") ?? this.#end).focus();
  }

  #show() {
    for (const [index, item] of [...this.#list.children].entries()) {
      const isNext = index === this.#done;
      item.className = index < this.#done ? "done" : "";
      if (isNext) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
      const button = item.querySelector("button");
      button.className = isNext ? "primary" : "";
      button.disabled = !isNext;
    }
    this.#end.textContent = this.#done === this.#steps.length ? END : "";
  }
}
