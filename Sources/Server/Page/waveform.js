// The waveform of a recording, in the colours of its segments.

import { surface } from "./elements.js";
import { colours } from "./emotions.js";

/**
 * Draws the columns `{min, max}` (−1 to 1) over the whole width. Quiet recordings are enlarged to fill the height.
 * @param {(share: number) => string?} labelAt the label at a share of the recording
 */
export function drawWaveform(canvas, { min, max }, labelAt) {
  const { context, width, height } = surface(canvas);
  const middle = height / 2;
  const peak = Math.max(0.02, ...max, ...min.map((value) => -value));
  const scale = (middle - 1) / peak;
  const columns = max.length;
  for (let x = 0; x < width; x++) {
    const from = Math.min(columns - 1, Math.floor((x / width) * columns));
    const to = Math.max(from + 1, Math.floor(((x + 1) / width) * columns));
    const high = Math.max(...max.slice(from, to));
    const low = Math.min(...min.slice(from, to));
    const label = labelAt((x + 0.5) / width);
    context.fillStyle = label ? colours(label).mark : colours()["firm-line"];
    context.fillRect(x, middle - high * scale, 1, Math.max(1, (high - low) * scale));
  }
}
