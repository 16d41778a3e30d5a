// Waveform, spectrogram and timeline on one time axis, with a cursor for pointer and keyboard.

import { byId } from "./elements.js";
import { onScheme } from "./emotions.js";
import { clock, duration as seconds, list, percent } from "./format.js";
import { drawSpectrogram, spectrogramPicture } from "./spectrogram.js";
import { drawAxis, drawTimeline } from "./timeline.js";
import { drawWaveform } from "./waveform.js";

/** Seconds per arrow key. */
const STEP = 0.5;
/** Browsers limit the width of a canvas, and more pixels per second would show nothing new. */
const WIDEST = 12_000;
const PIXELS_PER_SECOND = 400;

/** The tracks of the open recording. */
export class Tracks {
  /**
   * @param {import("./player.js").Player} player
   * @param {() => void} onCursor the time under the cursor has changed
   */
  constructor(player, onCursor) {
    this.player = player;
    this.onCursor = onCursor;
    this.cursor = byId("cursor");
    this.hovered = null;
    new ResizeObserver(() => this.draw()).observe(byId("tracks"));
    onScheme(() => this.draw());
    this.cursor.addEventListener("pointermove", (event) => this.#hover(this.#time(event)));
    this.cursor.addEventListener("pointerleave", () => this.#hover(null));
    this.cursor.addEventListener("click", (event) => {
      this.player.seek(this.#time(event));
      this.player.play();
    });
    this.cursor.addEventListener("keydown", (event) => this.#key(event));
    byId("closer").addEventListener("click", () => this.zoom(2));
    byId("farther").addEventListener("click", () => this.zoom(0.5));
  }

  /** The segment at a time, or undefined. */
  at(time) {
    const segments = this.result?.segments ?? [];
    let [low, high] = [0, segments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (segments[middle].end <= time) low = middle + 1;
      else high = middle;
    }
    return segments[low]?.start <= time ? segments[low] : undefined;
  }

  /** Shows a result, that without the voice if there is one, and the front end's data if they arrived. */
  show(result, before, frontEnd) {
    Object.assign(this, { result, before });
    if (frontEnd !== this.frontEnd) this.picture = frontEnd && spectrogramPicture(frontEnd.spectrogram);
    this.frontEnd = frontEnd;
    byId("timeline").classList.toggle("compared", Boolean(before));
    byId("rows").hidden = !before;
    byId("waveform").hidden = byId("spectrogram").hidden = !frontEnd;
    this.#describe();
    this.draw();
    this.move();
  }

  /** Makes the tracks wider or narrower by a factor, around the position; 0 shows the whole recording. */
  zoom(factor) {
    const scroller = byId("scroller");
    const duration = this.result?.duration ?? 1;
    const most = Math.min(WIDEST / devicePixelRatio, duration * PIXELS_PER_SECOND) / Math.max(1, scroller.clientWidth);
    this.magnified = Math.max(1, Math.min(most, (this.magnified ?? 1) * factor));
    byId("tracks").style.setProperty("--zoom", this.magnified);
    byId("closer").disabled = this.magnified >= most;
    byId("farther").disabled = this.magnified <= 1;
    scroller.scrollLeft = (this.player.position / duration) * this.cursor.clientWidth - scroller.clientWidth / 2;
    this.draw();
  }

  /** Draws everything anew. */
  draw() {
    if (!this.result || !byId("tracks").clientWidth) return;
    const { duration, segments } = this.result;
    if (this.frontEnd) {
      const { waveform, spectrogram } = this.frontEnd;
      drawWaveform(byId("waveform"), waveform, (share) => this.at(share * duration)?.label);
      const covered = Math.min(1, (spectrogram.frames * spectrogram.hop) / duration);
      drawSpectrogram(byId("spectrogram"), this.picture, spectrogram, covered);
    }
    drawTimeline(byId("timeline"), duration, segments, this.before?.segments);
    drawAxis(byId("axis"), duration);
    this.move();
  }

  /** Moves the playhead to the player's position. */
  move() {
    if (!this.result) return;
    const { position } = this.player;
    const place = (time) => `translateX(${(time / this.result.duration) * this.cursor.clientWidth}px)`;
    this.cursor.querySelector(".playhead").style.setProperty("transform", place(position));
    if (this.hovered !== null) this.cursor.querySelector(".hair").style.setProperty("transform", place(this.hovered));
    this.cursor.classList.toggle("hovered", this.hovered !== null);
    if (this.player.playing || document.activeElement === this.cursor) this.#keepInView((position / this.result.duration) * this.cursor.clientWidth);
    this.cursor.classList.toggle("resting", position === 0 && !this.player.playing);
    const segment = this.at(position);
    const what = segment?.label ? `${segment.label}, ${percent(segment.confidence)}` : "pause";
    this.cursor.setAttribute("aria-valuemin", 0);
    this.cursor.setAttribute("aria-valuemax", this.result.duration.toFixed(1));
    this.cursor.setAttribute("aria-valuenow", position.toFixed(1));
    this.cursor.setAttribute("aria-valuetext", `${clock(position)}, ${what}`);
  }

  #keepInView(x) {
    const scroller = byId("scroller");
    if (x < scroller.scrollLeft || x > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = x - scroller.clientWidth * 0.1;
  }

  #time(event) {
    const box = this.cursor.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * this.result.duration;
  }

  #hover(time) {
    this.hovered = time;
    this.move();
    this.onCursor();
  }

  #key(event) {
    const { position } = this.player;
    const starts = this.result.segments.filter(({ label }) => label).map(({ start }) => start);
    const moves = {
      ArrowRight: () => position + STEP,
      ArrowUp: () => position + STEP,
      ArrowLeft: () => position - STEP,
      ArrowDown: () => position - STEP,
      PageDown: () => starts.find((start) => start > position + 0.01) ?? this.result.duration,
      PageUp: () => starts.findLast((start) => start < position - 0.3) ?? 0,
      Home: () => 0,
      End: () => this.result.duration,
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " || event.key === "Enter") this.player.toggle();
    else if (event.key === "+" || event.key === "-") this.zoom(event.key === "+" ? 2 : 0.5);
    else if (moves[event.key]) this.player.seek(moves[event.key]());
    else return;
    event.preventDefault();
  }

  #describe() {
    const { duration, segments } = this.result;
    const labels = segments.filter(({ label }) => label).map(({ label, start }) => `${label} from ${clock(start)}`);
    const shown = labels.length > 12 ? [...labels.slice(0, 12), `${labels.length - 12} more`] : labels;
    byId("waveform").setAttribute("aria-label", `Waveform, ${seconds(duration)}`);
    byId("spectrogram").setAttribute("aria-label", `Spectrogram, ${seconds(duration)}`);
    byId("timeline").setAttribute("aria-label", `Timeline: ${shown.length ? list(shown) : "no speech"}. The list of segments has the same.`);
  }
}
