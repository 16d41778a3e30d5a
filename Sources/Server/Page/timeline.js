// Segments as blocks over time, and below them their probabilities, stacked in the model's order.

import { surface } from "./elements.js";
import { colours } from "./emotions.js";
import { clock } from "./format.js";

const BLOCK = 30;
const BEFORE = 18;
const SPACE = 6;

/**
 * Draws the segments of a recording.
 * @param {Object[]?} before the segments without the voice, as a second, thinner row
 */
export function drawTimeline(canvas, duration, segments, before) {
  const { context, width, height } = surface(canvas);
  const x = (time) => (time / duration) * width;
  blocks(context, canvas, segments, x, 0, BLOCK);
  if (before) blocks(context, canvas, before, x, BLOCK + 3, BEFORE);
  const top = BLOCK + SPACE + (before ? BEFORE + 3 : 0);
  for (const { start, end, probabilities } of segments) {
    let y = top;
    for (const [label, share] of Object.entries(probabilities ?? {})) {
      context.fillStyle = colours(label).mark;
      context.fillRect(x(start), y, Math.max(0.5, x(end) - x(start) - 1), share * (height - top));
      y += share * (height - top);
    }
  }
}

/** Draws the axis: as many times as there is room for. */
export function drawAxis(canvas, duration) {
  const { context, width } = surface(canvas);
  const steps = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
  const step = steps.find((seconds) => (seconds / duration) * width >= 64) ?? 14_400;
  context.font = `12px ${getComputedStyle(canvas).fontFamily}`;
  context.textBaseline = "top";
  context.fillStyle = colours()["soft-ink"];
  for (let time = 0; time <= duration; time += step) {
    const place = (time / duration) * width;
    const text = step < 1 ? clock(time) : clock(time).replace(/\.0$/, "");
    const half = context.measureText(text).width / 2;
    if (place + half > width && time > 0) break;
    context.fillText(text, Math.max(0, place - half), 6);
    context.fillRect(Math.min(width - 1, place), 0, 1, 4);
  }
}

function blocks(context, canvas, segments, x, top, height) {
  const family = getComputedStyle(canvas).fontFamily;
  context.font = height < 24 ? `11px ${family}` : `600 13px ${family}`;
  context.textBaseline = "middle";
  for (const { start, end, label } of segments) {
    const [left, wide] = [x(start), Math.max(1, x(end) - x(start) - 1)];
    if (!label) {
      context.fillStyle = colours().line;
      context.fillRect(left, top + height / 2, wide, 1);
      continue;
    }
    const { word, mark, tint } = colours(label);
    context.fillStyle = tint;
    context.beginPath();
    context.roundRect(left, top, wide, height, Math.min(6, wide / 2));
    context.fill();
    context.fillStyle = mark;
    context.fillRect(left, top + height - 3, wide, 3);
    context.fillStyle = word;
    if (context.measureText(label).width + 12 <= wide) context.fillText(label, left + 6, top + height / 2 - 1);
  }
}
