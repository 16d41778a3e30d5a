// The view that learns a voice, from the microphone or from recordings, and lists the voices.

import { deleteVoice, enrol, voices } from "./api.js";
import { announce, byId, element } from "./elements.js";
import { counted, percent } from "./format.js";
import { Microphone } from "./microphone.js";
import { clearProblem, showProblem } from "./notes.js";
import { Session } from "./session.js";
import { state } from "./state.js";

/** Seconds of speech that are enough. */
const ENOUGH = 30;
/** Seconds of speech from which a voice may be finished. */
const LEAST = 5;

let running = null;

/** Prepares the view. */
export function startVoice() {
  byId("enrol").addEventListener("submit", (event) => {
    event.preventDefault();
    speak();
  });
  byId("enrol-finish").addEventListener("click", () => running?.finish());
  byId("enrol-cancel").addEventListener("click", () => running?.cancel());
  byId("enrol-files").addEventListener("click", () => byId("enrol").reportValidity() && byId("enrol-input").click());
  byId("enrol-input").addEventListener("change", ({ target }) => {
    if (target.files.length) learn([...target.files]);
    target.value = "";
  });
  state.on(["voices", "voice", "busy"], list);
  list();
}

const name = () => byId("voice-name").value.trim();

async function speak() {
  clearProblem();
  state.set({ busy: true });
  try {
    await new Enrolment(name()).start();
  } catch (error) {
    showProblem(error);
    state.set({ busy: false });
  }
}

async function learn(files) {
  clearProblem();
  state.set({ busy: true });
  say("", `Learning from ${counted(files.length, "recording")}`);
  try {
    const voice = await enrol(name(), state.model?.name, files);
    progress(voice.seconds);
    await learnt(voice.name);
  } catch (error) {
    showProblem(error);
    say("", "Ready");
  }
  state.set({ busy: false });
}

/** From the start button to the learnt voice. */
class Enrolment {
  constructor(voice) {
    this.voice = voice;
    this.spoken = 0;
    this.began = null;
    this.heard = 0;
  }

  async start() {
    this.microphone = await Microphone.open((samples) => this.session?.send(samples), (problem) => {
      showProblem(problem);
      this.finish();
    });
    this.session = new Session({ rate: this.microphone.rate, model: state.model?.name, enrol: this.voice }, (event) => this.#event(event));
    running = this;
    controls(true);
    progress(0);
    say("pause", "Listening");
    announce("Listening. Read the text, or speak freely.");
    byId("enrol-finish").focus();
    this.#end();
  }

  /** Ends the audio; the server then keeps the voice. */
  finish() {
    if (!this.microphone.isOpen) return;
    this.microphone.close();
    this.session.end();
    say("", "Learning");
    byId("enrol-finish").disabled = true;
  }

  /** Stops, and keeps nothing. */
  cancel() {
    this.cancelled = true;
    this.microphone.close();
    this.session.cancel();
  }

  async #end() {
    try {
      await this.session.done;
      if (this.cancelled) {
        progress(0);
        say("", "Ready");
        announce("Cancelled.");
      } else {
        await learnt(this.voice);
      }
    } catch (error) {
      showProblem(error);
      progress(0);
      say("", "Ready");
    }
    this.microphone.close();
    running = null;
    controls(false);
    state.set({ busy: false });
  }

  #event({ event, time, speech }) {
    if (event === "speech_started") {
      this.began = time;
      say("speech", "Speech");
    }
    if (event === "speech_ended") {
      this.spoken += time - (this.began ?? time);
      this.began = null;
      say("pause", "Pause");
      // Nobody is cut off within a sentence.
      if (this.spoken >= ENOUGH) this.finish();
    }
    // A posterior may cover a little of the pause after the speech, so the sum can fall.
    const now = event === "finished" ? speech : this.spoken + (this.began === null ? 0 : time - this.began);
    this.heard = Math.max(this.heard, now);
    progress(this.heard);
    byId("enrol-finish").disabled = !this.microphone.isOpen || this.heard < LEAST;
    if (this.heard >= ENOUGH && !this.told) {
      this.told = true;
      announce("That is enough. Stop whenever you like.");
    }
  }
}

/** Chooses a voice that was just learnt. */
async function learnt(voice) {
  state.set({ voices: await voices() });
  // Choosing the same name again must recognise the open recording again.
  state.set({ voice: "" });
  state.set({ voice });
  say("", "Learnt");
  announce(`The voice ${voice} is learnt and in use.`);
}

function list() {
  byId("no-voices").hidden = state.voices.length > 0;
  byId("voices").replaceChildren(...state.voices.map(row));
  byId("enrol-start").disabled = byId("enrol-files").disabled = byId("voice-name").disabled = state.busy;
}

function row({ name, models, stretches, seconds, share, warnings }) {
  const used = state.voice === name;
  const facts = `${Math.round(seconds)} s of speech in ${counted(stretches, "stretch", "stretches")}; counts for ${percent(share)} against the training speakers`;
  const use = element("button", { type: "button", disabled: state.busy, onclick: () => choose(used ? "" : name, models) }, used ? "Stop using" : "Use");
  const remove = element("button", { type: "button", disabled: state.busy, onclick: () => confirmed(remove, name) }, "Delete");
  for (const [button, verb] of [[use, used ? "Stop using" : "Use"], [remove, "Delete"]]) button.setAttribute("aria-label", `${verb} ${name}`);
  return element("li", {},
    element("div", {}, element("strong", {}, used ? `${name}, in use` : name), element("span", { class: "quiet" }, facts),
      ...warnings.map(({ message }) => element("p", { class: "quiet" }, message))),
    element("div", { class: "row" }, use, remove));
}

/** Chooses a voice, and a model that can use it. */
function choose(voice, models) {
  const usable = !voice || models.includes(state.model?.name);
  state.set({ voice, model: usable ? state.model : state.models.find(({ name }) => models.includes(name)) ?? state.model });
}

/** Deletes at the second press, so that no voice is lost by a slip. */
async function confirmed(button, name) {
  if (!button.dataset.sure) {
    button.dataset.sure = "yes";
    button.textContent = "Really delete?";
    button.setAttribute("aria-label", `Really delete ${name}?`);
    button.addEventListener("blur", list, { once: true });
    return;
  }
  clearProblem();
  try {
    await deleteVoice(name);
    announce(`The voice ${name} is deleted.`);
    progress(0);
    say("", "Ready");
  } catch (error) {
    showProblem(error);
  }
  state.set({ voices: await voices().catch(() => state.voices) });
  if (!state.voices.some((voice) => voice.name === state.voice)) state.set({ voice: "" });
  byId("tab-voice").focus();
}

function controls(on) {
  document.querySelector(".enrolment").classList.toggle("running", on);
  byId("enrol-start").hidden = byId("enrol-files").hidden = on;
  byId("enrol-finish").hidden = byId("enrol-cancel").hidden = !on;
  byId("enrol-finish").disabled = true;
}

function progress(seconds) {
  byId("heard").textContent = Math.floor(seconds);
  // The round end of a line without length would be a dot.
  byId("ring").style.setProperty("opacity", seconds > 0 ? 1 : 0);
  byId("ring").style.setProperty("stroke-dasharray", `${Math.min(100, (seconds / ENOUGH) * 100)} 100`);
}

function say(kind, text) {
  const place = byId("enrol-state");
  place.dataset.state = kind;
  place.lastElementChild.textContent = text;
}
