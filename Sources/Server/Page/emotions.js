// Colours of emotions, for elements and for canvases. theme.css has them by label.

import { element } from "./elements.js";

const KNOWN = new Set(
  ("anger enthusiasm excitement happiness joy happy contempt disgust calm boredom sadness sad fear surprise neutral uncertain").split(" "));
const cache = new Map();

/** Gives each label that theme.css does not know a hue of its own, as far as possible from its neighbours. */
export function colourUnknown(labels) {
  const sheet = new CSSStyleSheet();
  labels.filter((label) => !KNOWN.has(label)).forEach((label, index) => {
    sheet.insertRule(`[data-emotion="${CSS.escape(label)}"] { --hue: ${(95 + index * 137.5) % 360}; --chroma: 0.11; }`);
  });
  document.adoptedStyleSheets = [sheet];
  cache.clear();
}

/** The colours of a label, or of the page without one: `{word, mark, tint}` as canvases take them. */
export function colours(label) {
  const key = label ?? "";
  if (!cache.has(key)) cache.set(key, read(label));
  return cache.get(key);
}

/** Calls back when the browser changes between light and dark. */
export function onScheme(redraw) {
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    cache.clear();
    redraw();
  });
}

function read(label) {
  const probe = element("span", { class: "unseen", "data-emotion": label });
  document.body.append(probe);
  const names = label ? ["word", "mark", "tint"] : ["ink", "soft-ink", "line", "firm-line", "groove", "card"];
  const found = {};
  for (const name of names) {
    probe.style.setProperty("color", `var(--${name})`);
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}
