// Segments as a list: when, what, how sure.

import { colour, element } from "./elements.js";
import { clock, percent } from "./format.js";

/**
 * A row of a list of segments; a button if it can be chosen.
 * @param {{start: number, end: number, label: string?, confidence: number?}} segment
 * @param {(() => void)?} onChoose
 */
export function segmentRow(segment, onChoose) {
  const parts = [
    element("span", { class: "when" }, `${clock(segment.start)} – ${clock(segment.end)}`),
    element("span", { class: "label" }, segment.label ?? "pause"),
    element("span", { class: "number" }, segment.label ? percent(segment.confidence) : ""),
  ];
  const row = onChoose
    ? element("button", { class: "segment", type: "button", onclick: onChoose }, ...parts)
    : element("div", { class: "segment" }, ...parts);
  colour(row, segment.label);
  return element("li", {}, row);
}
