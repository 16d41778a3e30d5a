// What a voice changes: the open recording with an unknown voice and with the known one, side by side.

import { Bars } from "./bars.js";
import { byId, colour, element } from "./elements.js";
import { percent } from "./format.js";
import { state } from "./state.js";

/** Keeps the comparison up to date with the open recording. */
export function startComparison() {
  state.on(["recording", "voice", "pending"], show);
  show();
}

function show() {
  const { recording, voice } = state;
  const comparable = recording?.before && recording.voice === voice && recording.now.label && recording.before.label;
  byId("changes").hidden = !voice;
  byId("changes-hint").hidden = Boolean(comparable);
  byId("changes-hint").textContent = hint();
  byId("sides").replaceChildren(...(comparable ? [side("Unknown voice", recording.before), side(`Voice of ${voice}`, recording.now)] : []));
}

function hint() {
  if (state.pending) return "Comparing …";
  if (state.recording?.voice === state.voice) return "There is no speech in the open recording.";
  return "Open a recording, or speak live and keep it, to compare.";
}

function side(title, result) {
  const bars = element("div", { class: "bars", role: "group", "aria-label": `Probability per class, ${title}` });
  const card = element("article", { class: "card side" },
    element("p", { class: "caption" }, title), element("p", { class: "word" }, `${result.label} ${percent(result.confidence)}`), bars);
  colour(card, result.label);
  new Bars(bars).show(result.probabilities);
  return card;
}
