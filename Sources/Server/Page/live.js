// The view that listens: what is heard as it is heard, the segments, and the label of it all.

import { Bars } from "./bars.js";
import { announce, byId, colour } from "./elements.js";
import { onScheme } from "./emotions.js";
import { certainty, clock, duration, percent } from "./format.js";
import { Microphone } from "./microphone.js";
import { clearProblem, showNotes, showProblem } from "./notes.js";
import { Ribbon } from "./ribbon.js";
import { segmentRow } from "./segments.js";
import { Session } from "./session.js";
import { state } from "./state.js";
import { Tape } from "./wav.js";

const stage = document.querySelector("#live .stage");
const button = byId("listen");
const bars = new Bars(byId("live-bars"));
const ribbon = new Ribbon(byId("ribbon"));

/** Whether the user wants little movement. */
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let running = null;

/** Prepares the view. `onKeep` gets what was said as a file. */
export function startLive(onKeep) {
  button.addEventListener("click", () => (running ? running.stop() : listen()));
  byId("keep").addEventListener("click", () => onKeep(lastTape.file(`live-${new Date().toTimeString().slice(0, 5).replace(":", ".")}.wav`)));
  state.on(["busy"], () => { button.disabled = state.busy && !running; });
  state.on(["model"], () => bars.setLabels(state.model?.labels ?? []));
  onScheme(() => ribbon.draw());
}

let lastTape = null;

async function listen() {
  clearProblem();
  button.disabled = true;
  const listening = new Listening();
  try {
    await listening.start();
  } catch (error) {
    showProblem(error);
  }
  button.disabled = false;
}

/** From the start button to the final label. With a voice, a second session hears the same without it. */
class Listening {
  async start() {
    const blocks = (samples, peak) => this.#hear(samples, peak);
    this.microphone = await Microphone.open(blocks, (problem) => {
      showProblem(problem);
      this.stop();
    });
    this.#clear();
    const { model, voice } = state.options;
    const begin = { rate: this.microphone.rate, model };
    this.tape = new Tape(this.microphone.rate);
    this.sessions = [new Session({ ...begin, voice }, (event) => this.#event(event))];
    if (voice) this.sessions.push(new Session(begin, (event) => this.#withoutVoice(event)));
    running = this;
    state.set({ busy: true });
    pressed(true);
    say("pause", "Listening");
    announce("Listening.");
    ribbon.start();
    this.#finish();
  }

  /** Ends the audio; results of what was heard still come. */
  stop() {
    if (!this.microphone.isOpen) return;
    this.microphone.close();
    this.sessions.forEach((session) => session.end());
    button.disabled = true;
    say("", "Finishing");
  }

  async #finish() {
    try {
      await this.sessions[0].done;
      // The final bars compare both, so the other one may still finish.
      await this.sessions[1]?.done.catch(() => {});
    } catch (error) {
      showProblem(error);
      say("", "Stopped");
    }
    this.sessions.forEach((session) => session.cancel());
    this.microphone.close();
    ribbon.stop();
    running = null;
    pressed(false);
    button.disabled = false;
    button.style.setProperty("--level", 0);
    lastTape = this.tape;
    byId("live-after").hidden = this.tape.count === 0;
    state.set({ busy: false });
    if (this.final) this.#conclude(this.final);
  }

  #hear(samples, peak) {
    // The microphone may speak before the sessions exist.
    if (!this.sessions) return;
    this.tape.add(samples);
    this.sessions.forEach((session) => session.send(samples));
    ribbon.hear(samples.length / this.microphone.rate, peak);
    if (!calm.matches) button.style.setProperty("--level", Math.min(1, Math.sqrt(peak)).toFixed(2));
  }

  #event(event) {
    if (event.event === "speech_started") say("speech", "Speech");
    if (event.event === "speech_ended") say("pause", "Pause");
    if (event.event === "posterior") {
      ribbon.judge(event.start, event.time, event.label, event.probabilities);
      this.#show(event, `${percent(event.confidence)} since ${clock(event.start)}`);
    }
    if (event.event === "segment") {
      ribbon.judge(event.start, event.end, event.label, event.probabilities, true);
      byId("live-none").hidden = true;
      byId("live-segments").prepend(segmentRow(event));
      announce(`${event.label}, ${percent(event.confidence)}`);
    }
    if (event.event === "finished") this.final = event;
  }

  #withoutVoice(event) {
    if (event.probabilities && event.event !== "segment") this.before = event.probabilities;
  }

  #show(event, detail) {
    colour(stage, event.label);
    byId("live-word").textContent = event.label;
    byId("live-detail").textContent = detail;
    bars.show(event.probabilities, this.before);
    showNotes(byId("live-note"), event.familiarity);
  }

  #conclude(event) {
    stage.dataset.final = event.label ?? "";
    if (event.label) {
      say("", "All you said");
      this.#show(event, `${certainty(event)}, in ${duration(event.speech)} of speech`);
      announce(`All in all: ${event.label}, ${percent(event.confidence)}.`);
    } else {
      say("", "No speech");
      byId("live-word").textContent = "Nothing heard.";
      byId("live-detail").textContent = "No speech reached the server. Check that the right microphone is chosen and not muted.";
      announce("No speech was heard.");
    }
  }

  #clear() {
    ribbon.clear();
    bars.show(null);
    colour(stage, null);
    delete stage.dataset.final;
    byId("live-segments").replaceChildren();
    byId("live-none").hidden = false;
    byId("live-after").hidden = true;
    byId("live-word").textContent = "Say something.";
    byId("live-detail").textContent = "The first label comes after a third of a second of speech.";
    showNotes(byId("live-note"), null);
  }
}

function say(kind, text) {
  byId("live-state").dataset.state = kind;
  byId("live-state-text").textContent = text;
}

function pressed(on) {
  button.dataset.on = on;
  button.querySelector(".text").textContent = on ? "Stop" : "Start listening";
}
