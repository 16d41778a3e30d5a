// Plays a recording, and knows a position also where the browser cannot play its format.

import { byId } from "./elements.js";
import { clock } from "./format.js";

/** The player of the one audio element. */
export class Player {
  /** @param {() => void} onMove the position or whether it plays has changed */
  constructor(onMove) {
    this.onMove = onMove;
    this.audio = byId("audio");
    this.button = byId("play");
    this.position = 0;
    this.playable = true;
    this.button.addEventListener("click", () => this.toggle());
    this.audio.addEventListener("play", () => this.#follow());
    for (const event of ["pause", "ended"]) this.audio.addEventListener(event, () => this.#stopped());
    this.audio.addEventListener("error", () => {
      if (!this.audio.getAttribute("src")) return;
      this.playable = false;
      this.button.disabled = true;
      this.onUnplayable?.();
    });
  }

  /** Loads a file of `duration` seconds. */
  load(file, duration) {
    this.pause();
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(file);
    Object.assign(this, { duration, position: 0, playable: true });
    this.button.disabled = false;
    this.audio.src = this.address;
    byId("length").textContent = clock(duration);
    this.#show();
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
  }

  /** Moves to a time in seconds. */
  seek(time) {
    this.position = Math.min(this.duration, Math.max(0, time));
    if (this.playable) this.audio.currentTime = this.position;
    this.#show();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (!this.playable) return;
    if (this.position >= this.duration - 0.05) this.seek(0);
    // A play that a pause or another file interrupts is no failure.
    this.audio.play().catch(() => {});
  }

  pause() {
    this.audio.pause();
  }

  #follow() {
    const frame = () => {
      if (!this.playing) return;
      this.position = this.audio.currentTime;
      this.#show();
      requestAnimationFrame(frame);
    };
    frame();
  }

  #stopped() {
    // At the end the view is of the whole recording again.
    if (this.audio.ended) this.position = 0;
    this.#show();
  }

  #show() {
    this.button.dataset.on = this.playing;
    this.button.querySelector(".unseen").textContent = this.playing ? "Pause" : "Play";
    byId("position").textContent = clock(this.position);
    this.onMove();
  }
}
