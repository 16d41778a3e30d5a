// Starts the page: views, choices of model and voice, dropped files.

import { models, voices } from "./api.js";
import { startComparison } from "./comparison.js";
import { byId, element } from "./elements.js";
import { colourUnknown } from "./emotions.js";
import { list } from "./format.js";
import { startLive } from "./live.js";
import { clearProblem, showProblem } from "./notes.js";
import { openRecording, startRecording } from "./recording.js";
import { state } from "./state.js";
import { showView, startTabs } from "./tabs.js";
import { startVoice } from "./voice.js";

function open(file) {
  showView("recording");
  openRecording(file);
}

function startChoices() {
  byId("model").addEventListener("change", ({ target }) => {
    state.set({ model: state.models.find(({ name }) => name === target.value), voice: "" });
  });
  byId("speaker").addEventListener("change", ({ target }) => state.set({ voice: target.value }));
  state.on(["models", "model", "voices", "voice", "busy"], showChoices);
}

function showChoices() {
  const { models, model, voice, busy } = state;
  byId("model").replaceChildren(...models.map(({ name }) => element("option", {}, name)));
  byId("model").value = model?.name ?? "";
  byId("speaker").replaceChildren(element("option", { value: "" }, "unknown"), ...voicesOf(model).map(({ name }) => element("option", { value: name }, name)));
  byId("speaker").value = voice;
  byId("model").disabled = byId("speaker").disabled = busy;
  if (model) byId("trained").textContent = trained(model);
}

const voicesOf = (model) => state.voices.filter(({ models }) => models.includes(model?.name));

function trained({ name, corpus, utterances, speakers, labels }) {
  const amount = [utterances && `${utterances} utterances`, speakers && `${speakers} speakers`].filter(Boolean).join(" by ");
  return `“${name}” was trained on ${corpus ?? "recordings that its file does not name"}${amount ? `, ${amount}` : ""}. It knows ${list(labels)}, and nothing else.`;
}

function startDropping() {
  let depth = 0;
  const over = (change) => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle("dropping", depth > 0);
  };
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => hasFiles(event) && over(1));
  addEventListener("dragleave", (event) => hasFiles(event) && over(-1));
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over(-depth);
    if (event.dataTransfer.files.length) open(event.dataTransfer.files[0]);
  });
}

async function load() {
  try {
    const found = await models();
    colourUnknown(found.flatMap(({ labels }) => labels));
    state.set({ models: found, model: found.find((model) => model.default) ?? found[0], voices: await voices() });
  } catch (error) {
    showProblem(error);
    byId("trained").textContent = "Not known: the server did not say.";
  }
}

byId("problem").querySelector("button").addEventListener("click", clearProblem);
startTabs();
startChoices();
startLive(open);
startRecording();
startVoice();
startComparison();
startDropping();
load();
