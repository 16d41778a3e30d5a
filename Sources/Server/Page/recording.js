// The view of a recording: opening, the label of the whole, what is under the cursor, segments, downloads.

import { frontEnd, predict, predictAs } from "./api.js";
import { Bars } from "./bars.js";
import { announce, byId, colour, save } from "./elements.js";
import { certainty, clock, duration, percent } from "./format.js";
import { clearProblem, showNotes, showProblem } from "./notes.js";
import { Player } from "./player.js";
import { segmentRow } from "./segments.js";
import { state } from "./state.js";
import { Tracks } from "./tracks.js";

/** Columns of the waveform: enough for a wide, dense screen, magnified several times. */
const COLUMNS = 4096;

const bars = new Bars(byId("result-bars"));
const player = new Player(() => moved());
const tracks = new Tracks(player, () => moved());
const downloads = [...byId("downloads").querySelectorAll("button")];
let loading = null;
let current = null;
let rows = [];

/** Prepares the view. */
export function startRecording() {
  byId("choose").addEventListener("click", () => byId("file").click());
  byId("another").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", ({ target }) => {
    if (target.files.length) openRecording(target.files[0]);
    target.value = "";
  });
  for (const button of downloads) button.addEventListener("click", () => download(button));
  player.onUnplayable = () => showNotes(byId("result-note"), state.recording?.now.familiarity, [
    ...(state.recording?.now.warnings ?? []), { message: "This browser cannot play this format. The results are not affected." }]);
  state.on(["model", "voice"], () => state.recording && openRecording(state.recording.file));
}

/** Recognises a file, with the chosen voice and without it, and shows it. */
export async function openRecording(file) {
  loading?.abort();
  const { signal } = (loading = new AbortController());
  const known = state.recording?.file === file ? state.recording : null;
  clearProblem();
  player.pause();
  if (!known) busy(file.name);
  state.set({ pending: true });
  byId("result-stage").setAttribute("aria-busy", "true");
  try {
    const { model, voice } = state.options;
    const [now, before, front] = await Promise.all([
      predict(file, { model, voice }, signal),
      voice ? predict(file, { model }, signal) : null,
      known?.front ?? frontEnd(file, COLUMNS, signal).catch((error) => { if (signal.aborted) throw error; return null; }),
    ]);
    if (!known) {
      player.load(file, now.duration);
      tracks.zoom(0);
    }
    state.set({ recording: { file, now, before, front, voice } });
    show();
  } catch (error) {
    if (signal.aborted) return;
    showProblem(error);
    if (!known) busy(null);
  } finally {
    if (!signal.aborted) {
      state.set({ pending: false });
      byId("result-stage").setAttribute("aria-busy", "false");
    }
  }
}

function busy(name) {
  byId("working").hidden = name === null;
  byId("working").querySelector("strong").textContent = name ?? "";
  byId("drop").hidden = name !== null || state.recording !== null;
  byId("result").hidden = name !== null || state.recording === null;
}

function show() {
  const { file, now, before, front } = state.recording;
  busy(null);
  byId("file-name").textContent = file.name;
  byId("result-word").textContent = now.label ?? "no speech";
  byId("result-detail").textContent = now.label
    ? `${certainty(now)}, in ${duration(now.duration)}`
    : `There is no speech in these ${duration(now.duration)}.`;
  colour(byId("result-stage"), now.label);
  showNotes(byId("result-note"), now.familiarity, now.warnings);
  current = null;
  rows = now.segments.filter(({ label }) => label).map((segment) => ({
    segment,
    item: segmentRow(segment, () => {
      player.seek(segment.start);
      player.play();
    }),
  }));
  byId("result-segments").replaceChildren(...rows.map(({ item }) => item));
  tracks.show(now, before, front);
  moved();
  announce(`${file.name}: ${now.label ? `${now.label}, ${percent(now.confidence)}` : "no speech"}.`);
}

/** Shows what is under the cursor, at the position, or of the whole recording. */
function moved() {
  if (!state.recording || byId("result").hidden) return;
  const { now, before } = state.recording;
  tracks.move();
  const time = tracks.hovered ?? (player.position > 0 || player.playing ? player.position : null);
  const segment = time === null ? now : tracks.at(time);
  const other = time === null ? before : before?.segments.find(({ start, end }) => time >= start && time < end);
  const caption = time === null ? "Whole recording" : `At ${clock(time)}${segment?.label ? "" : ", a pause"}`;
  if (byId("bars-caption").textContent !== caption) byId("bars-caption").textContent = caption;
  if (current === segment) return;
  current = segment;
  bars.show(segment?.probabilities ?? null, segment?.probabilities && other?.probabilities);
  for (const { segment: listed, item } of rows) {
    if (listed === segment) item.firstChild.setAttribute("aria-current", "true");
    else item.firstChild.removeAttribute("aria-current");
  }
}

async function download(button) {
  const { file } = state.recording;
  button.disabled = true;
  try {
    const text = await predictAs(file, state.options, button.dataset.format);
    save(text, `${file.name.replace(/\.[^.]+$/, "")}.${button.dataset.ending}`);
  } catch (error) {
    showProblem(error);
  }
  button.disabled = false;
}
