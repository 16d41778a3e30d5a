// Segments over time: the label, and below it the probabilities, stacked in the model's order.

import { surface } from "./elements.js";
import { colours } from "./emotions.js";
import { clock } from "./format.js";

/** Heights of a label, and of the row without the voice. */
const LABEL = 24;
const BEFORE = 16;

/**
 * Draws the segments of a recording.
 * @param {Object[]?} before the segments without the voice, as a second, thinner row
 */
export function drawTimeline(canvas, duration, segments, before) {
  const { context, width, height } = surface(canvas);
  const x = (time) => (time / duration) * width;
  const foot = before ? height - BEFORE - 6 : height;
  context.font = `600 13px ${getComputedStyle(canvas).fontFamily}`;
  context.textBaseline = "alphabetic";
  for (const { start, end, label } of segments) {
    if (!label) continue;
    context.fillStyle = colours(label).word;
    if (context.measureText(label).width + 8 <= x(end) - x(start)) context.fillText(label, x(start), LABEL - 9);
  }
  stacks(context, segments, x, LABEL, foot - LABEL);
  if (before) stacks(context, before, x, foot + 6, BEFORE);
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
    context.fillText(text, Math.max(0, place - half), 8);
    context.fillRect(Math.min(width - 1, place), 0, 1, 4);
  }
}

/** One block per segment with round corners, divided by probability; pauses are a line. */
function stacks(context, segments, x, top, height) {
  for (const { start, end, label, probabilities } of segments) {
    const [left, wide] = [x(start), Math.max(1, x(end) - x(start) - 1)];
    if (!label) {
      context.fillStyle = colours().line;
      context.fillRect(left, top + height / 2, wide, 1);
      continue;
    }
    context.save();
    context.beginPath();
    context.roundRect(left, top, wide, height, Math.min(5, wide / 2));
    context.clip();
    let y = top;
    for (const [name, share] of Object.entries(probabilities)) {
      context.fillStyle = colours(name).mark;
      context.fillRect(left, y, wide, share * height + 0.5);
      y += share * height;
    }
    context.restore();
  }
}
