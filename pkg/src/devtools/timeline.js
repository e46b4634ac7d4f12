// The picture of the credential's life: a minute that moves by.

const PAST = 45_000;
const FUTURE = 25_000;
const KEEP = 120_000;

export class Timeline {
  #canvas;
  #tokens = [];
  #marks = [];
  #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #colours = new Map();
  #isStopped = false;

  constructor(canvas) {
    this.#canvas = canvas;
    const step = () => {
      if (this.#isStopped) return;
      if (canvas.checkVisibility()) this.draw();
      // A picture that does not move is still kept true.
      if (this.#calm.matches) setTimeout(step, 1000);
      else requestAnimationFrame(step);
    };
    step();
  }

  /** A token that lives from `from` to `to`, both ms since 1970. */
  token(from, to) {
    if (this.#tokens.at(-1)?.to === to) return;
    this.end(from);
    this.#tokens.push({ from, to, cut: Infinity });
  }

  /** The present token is of no more use. */
  end(at = Date.now()) {
    const last = this.#tokens.at(-1);
    if (last) last.cut = Math.min(last.cut, at);
  }

  mark(at, kind, label) {
    this.#marks.push({ at, kind, label });
  }

  clear() {
    this.#tokens = [];
    this.#marks = [];
  }

  stop() {
    this.#isStopped = true;
  }

  draw() {
    const now = Date.now();
    this.#tokens = this.#tokens.filter(({ to }) => to > now - KEEP);
    this.#marks = this.#marks.filter(({ at }) => at > now - KEEP);
    const canvas = this.#canvas;
    const scale = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    const paint = canvas.getContext("2d");
    paint.setTransform(scale, 0, 0, scale, 0, 0);
    paint.clearRect(0, 0, width, height);
    const { colorScheme } = getComputedStyle(canvas);
    const colour = (name) => this.#colour(colorScheme, name);
    const x = (time) => ((time - now + PAST) / (PAST + FUTURE)) * width;
    this.#axis(paint, colour, x, now, height);
    this.#bars(paint, colour, x, width, height);
    this.#flags(paint, colour, x, x(now), height);
    paint.fillStyle = colour("--accent");
    paint.fillRect(x(now) - 1, 14, 2, height - 38);
    paint.font = "600 11px system-ui, sans-serif";
    paint.textAlign = "center";
    paint.fillText("now", x(now), 11);
  }

  #axis(paint, colour, x, now, height) {
    paint.font = "11px system-ui, sans-serif";
    paint.textAlign = "center";
    for (let seconds = -40; seconds <= 20; seconds += 5) {
      const here = x(now + seconds * 1000);
      paint.fillStyle = colour("--line");
      paint.fillRect(here, 18, 1, height - 42);
      if (seconds % 10 === 0 && seconds !== 0) {
        paint.fillStyle = colour("--soft");
        paint.fillText(`${seconds > 0 ? "+" : "−"}${Math.abs(seconds)} s`, here, height - 8);
      }
    }
  }

  #bars(paint, colour, x, width, height) {
    const top = height * 0.24;
    const tall = height * 0.26;
    for (const { from, to, cut } of this.#tokens) {
      const end = Math.min(to, cut);
      const left = Math.max(x(from), -8);
      const right = Math.min(x(end), width + 8);
      if (right <= left) continue;
      paint.beginPath();
      paint.roundRect(left, top, Math.max(right - left - 1, 2), tall, 5);
      paint.fillStyle = colour("--accent-soft");
      paint.fill();
      paint.lineWidth = 1.5;
      paint.strokeStyle = colour("--accent");
      paint.stroke();
      // The rest of its life, which it did not need.
      if (cut < to && x(to) > right) {
        paint.setLineDash([4, 4]);
        paint.beginPath();
        paint.roundRect(right, top, Math.min(x(to), width + 8) - right, tall, 5);
        paint.stroke();
        paint.setLineDash([]);
      }
    }
    if (this.#tokens.length === 0) {
      const text = "No end known";
      paint.textAlign = "left";
      paint.font = "13px system-ui, sans-serif";
      // On a ground of its own, as the lines of the axis would run through it.
      paint.fillStyle = colour("--well");
      paint.fillRect(10, top + tall / 2 - 12, paint.measureText(text).width + 8, 22);
      paint.fillStyle = colour("--soft");
      paint.fillText(text, 14, top + tall / 2 + 4);
    }
  }

  /** What changed, the latest first: an earlier label that would lie over a later one, or over the present, is left out. */
  #labels(paint, colour, x, now) {
    paint.fillStyle = colour("--ink");
    paint.font = "11px system-ui, sans-serif";
    paint.textAlign = "left";
    let free = now - 4;
    for (const { at, label } of this.#marks.filter(({ kind }) => kind === "change").toReversed()) {
      const { width } = paint.measureText(label);
      const here = x(at);
      const left = here + 5 + width <= free ? here + 5 : here - 5 - width;
      if (left + width > free) continue;
      paint.fillText(label, left, 28);
      free = Math.min(left, here) - 6;
    }
  }

  #flags(paint, colour, x, now, height) {
    const floor = height - 26;
    // What was refused lies on top of what was not.
    const marks = this.#marks.toSorted((a, b) => (a.kind === "bad") - (b.kind === "bad"));
    this.#labels(paint, colour, x, now);
    for (const { at, kind } of marks) {
      const here = x(at);
      if (kind === "change") {
        paint.fillStyle = colour("--ink");
        paint.fillRect(here - 0.75, 20, 1.5, floor - 20);
      } else if (kind === "refresh") {
        paint.fillStyle = colour("--warn");
        paint.beginPath();
        const middle = height * 0.6;
        paint.moveTo(here, middle - 7);
        paint.lineTo(here + 7, middle);
        paint.lineTo(here, middle + 7);
        paint.lineTo(here - 7, middle);
        paint.fill();
      } else {
        paint.fillStyle = colour(kind === "bad" ? "--bad" : "--good");
        paint.fillRect(here - 1, height * 0.68, 2, floor - height * 0.68);
      }
    }
  }

  /** A canvas does not know `light-dark()`: the browser resolves it on a probe beside it. */
  #colour(scheme, name) {
    const key = `${name} ${scheme} ${matchMedia("(prefers-color-scheme: dark)").matches}`;
    if (!this.#colours.has(key)) {
      const probe = document.createElement("i");
      probe.hidden = true;
      probe.style.color = `var(${name})`;
      this.#canvas.after(probe);
      this.#colours.set(key, getComputedStyle(probe).color);
      probe.remove();
    }
    return this.#colours.get(key);
  }
}
