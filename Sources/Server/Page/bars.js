// Probabilities as bars: one row per class, in the model's order, so that rows do not jump.

import { colour, element } from "./elements.js";
import { percent } from "./format.js";

/** Bars in `container`. `show` changes them; CSS makes the change smooth. */
export class Bars {
  /** @param {HTMLElement} container holds the rows */
  constructor(container) {
    this.container = container;
    this.rows = new Map();
  }

  /** Makes a row per label, empty. */
  setLabels(labels) {
    if (labels.length === this.rows.size && labels.every((label) => this.rows.has(label))) return;
    this.rows.clear();
    this.container.replaceChildren(...labels.map((label) => this.#row(label)));
  }

  /**
   * Shows probabilities, and beside them those without the voice if there are any.
   * @param {Object<string, number>?} probabilities by label; null for none, as in a pause
   * @param {Object<string, number>?} before the same without the voice
   * @param {string?} names the two in a legend: `[now, before]`
   */
  show(probabilities, before = null, names = ["with the voice", "without it"]) {
    if (probabilities) this.setLabels(Object.keys(probabilities));
    const values = probabilities ?? {};
    const most = Math.max(0, ...Object.values(values));
    this.container.classList.toggle("compared", Boolean(before));
    for (const [label, row] of this.rows) {
      const value = values[label] ?? 0;
      row.line.classList.toggle("first", value === most && most > 0);
      row.fill.style.setProperty("--value", value);
      row.number.textContent = probabilities ? percent(value) : "–";
      for (const part of row.comparison) part.hidden = !before;
      if (!before) continue;
      row.before.style.setProperty("--value", before[label] ?? 0);
      const change = Math.round(value * 100) - Math.round((before[label] ?? 0) * 100);
      row.change.textContent = change > 0 ? `+${change}` : change < 0 ? `−${-change}` : "±0";
    }
    this.#legend(before ? names : null);
  }

  #row(label) {
    const fill = element("span");
    const before = element("span");
    const number = element("span", { class: "number" }, "–");
    const change = element("span", { class: "change", hidden: true });
    const thin = element("span", { class: "groove before", "aria-hidden": "true", hidden: true }, before);
    const line = element("div", { class: "bar" }, element("span", { class: "name", "data-name": label }, label),
      element("span", { class: "groove", "aria-hidden": "true" }, fill), number, thin, change);
    colour(line, label);
    this.rows.set(label, { line, fill, before, number, change, comparison: [thin, change] });
    return line;
  }

  #legend(names) {
    this.legend?.remove();
    this.legend = names ? element("p", { class: "legend" }, ...names.map((name) => element("span", {}, name))) : null;
    if (this.legend) this.container.append(this.legend);
  }
}
