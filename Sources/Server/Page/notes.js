// Sentences beside results, and problems above them.

import { byId, element } from "./elements.js";
import { Problem } from "./problem.js";
import { state } from "./state.js";

/** Below this, speech is unlike that of the training data. */
const UNFAMILIAR = 0.5;

/** Shows a problem above the view, until dismissed or replaced. */
export function showProblem(error) {
  if (error?.name === "AbortError") return;
  if (!(error instanceof Problem)) console.error(error);
  const box = byId("problem");
  box.querySelector("p").textContent = error instanceof Problem ? error.message : "The page itself failed. Reload it, then try again.";
  box.hidden = false;
}

/** Removes the problem. */
export function clearProblem() {
  byId("problem").hidden = true;
}

/** Shows calmly in `place` that speech is unlike the training data, and the result's warnings. */
export function showNotes(place, familiarity, warnings = []) {
  const sentences = warnings.map((warning) => warning.message);
  if (familiarity !== null && familiarity !== undefined && familiarity < UNFAMILIAR) {
    const remedy = state.voice ? "" : " Enrolling the voice helps.";
    sentences.unshift(`This speech is unlike that which the model was trained on, so expect more mistakes.${remedy}`);
  }
  const text = sentences.join("\n");
  // Replacing equal text would make screen readers repeat it.
  if (place.dataset.text === text) return;
  place.dataset.text = text;
  place.replaceChildren(...sentences.map((sentence) => element("p", { class: "note" }, sentence)));
}
