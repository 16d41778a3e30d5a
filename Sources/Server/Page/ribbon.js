// The last seconds of a live session, moving leftwards: level above, probabilities below.

import { surface } from "./elements.js";
import { colours } from "./emotions.js";
import { clock } from "./format.js";

/** Seconds in view. */
const SPAN = 20;
/** Seconds per column of the level. */
const STEP = 0.1;

/** Draws on a canvas while it runs, once per frame, or four times a second where less motion is wished for. */
export class Ribbon {
  constructor(canvas) {
    this.canvas = canvas;
    this.reduced = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.clear();
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  /** Forgets everything. */
  clear() {
    this.levels = [];
    this.posteriors = [];
    this.heard = 0;
    this.draw();
  }

  /** Adds a block of `seconds` with its peak. */
  hear(seconds, peak) {
    this.heard += seconds;
    const index = Math.floor(this.heard / STEP);
    this.levels[index] = Math.max(this.levels[index] ?? 0, peak);
    this.arrived = performance.now();
  }

  /** Adds probabilities of the speech from `from` to `to` seconds. A segment replaces the posteriors within it. */
  judge(from, to, label, probabilities, isSegment = false) {
    // Posteriors also cover some of the pause after the speech.
    if (isSegment) this.posteriors = this.posteriors.filter((known) => known.isSegment || known.start >= to);
    const last = this.posteriors.at(-1);
    const begin = isSegment || !last ? from : Math.max(from, last.to);
    if (to > begin) this.posteriors.push({ start: from, from: begin, to, label, probabilities, isSegment });
    this.posteriors.sort((a, b) => a.from - b.from);
  }

  start() {
    this.running = true;
    const frame = () => {
      if (!this.running) return;
      this.draw();
      if (this.reduced.matches) setTimeout(() => requestAnimationFrame(frame), 250);
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  stop() {
    this.running = false;
    this.draw();
  }

  draw() {
    const { context, width, height } = surface(this.canvas);
    if (!width) return;
    // Between blocks the clock goes on, so that the movement is even.
    const ahead = this.running && !this.reduced.matches ? Math.min(0.1, (performance.now() - this.arrived) / 1000) : 0;
    const now = this.heard + (ahead || 0);
    const scale = width / SPAN;
    const x = (time) => width - (now - time) * scale;
    const foot = height - 18;
    const middle = foot * 0.31;
    this.#axis(context, x, now, width, foot);
    this.#levels(context, x, now, middle);
    const top = foot * 0.68;
    for (const judged of this.posteriors) {
      if (judged.to < now - SPAN) continue;
      let y = top;
      for (const [label, share] of Object.entries(judged.probabilities)) {
        context.fillStyle = colours(label).mark;
        context.fillRect(x(judged.from), y, (judged.to - judged.from) * scale + 0.4, share * (foot - 6 - top));
        y += share * (foot - 6 - top);
      }
    }
  }

  #levels(context, x, now, middle) {
    context.fillStyle = colours().line;
    for (let time = 0; time > now - SPAN; time -= STEP) context.fillRect(x(time - STEP), middle - 1, 2, 2);
    const first = Math.max(0, Math.floor((now - SPAN) / STEP));
    let place = 0;
    for (let index = first; index < this.levels.length; index++) {
      const time = index * STEP;
      while (place < this.posteriors.length && this.posteriors[place].to < time) place++;
      const judged = this.posteriors[place];
      context.fillStyle = judged && judged.from <= time ? colours(judged.label).mark : colours()["firm-line"];
      // Square roots show quiet speech as well as loud.
      const half = Math.max(1, Math.sqrt(this.levels[index] ?? 0) * (middle - 2));
      context.beginPath();
      context.roundRect(x(time), middle - half, Math.max(2, (x(time + STEP) - x(time)) * 0.6), half * 2, 2);
      context.fill();
    }
  }

  #axis(context, x, now, width, foot) {
    context.font = `12px ${getComputedStyle(this.canvas).fontFamily}`;
    context.textBaseline = "alphabetic";
    context.textAlign = "center";
    context.fillStyle = colours()["soft-ink"];
    for (let time = Math.max(0, Math.ceil((now - SPAN) / 5) * 5); time <= now; time += 5) {
      if (x(time) > 18 && x(time) < width - 18) context.fillText(clock(time).replace(/\.0$/, ""), x(time), foot + 14);
    }
  }
}
