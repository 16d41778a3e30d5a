// The spectrogram of a recording: mel bands upwards, loud is dark on light and light on dark.

import { surface } from "./elements.js";
import { colours } from "./emotions.js";

/** Browsers limit the size of pictures; longer spectrograms keep the loudest of neighbouring frames. */
const WIDEST = 4096;

/** A spectrogram `{bands, frames, data}` of the server as a picture of frames × bands, loudness as opacity. */
export function spectrogramPicture({ bands, frames, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const width = Math.max(1, Math.min(frames, WIDEST));
  const pixels = new ImageData(width, bands);
  for (let frame = 0; frame < frames; frame++) {
    const x = Math.floor((frame * width) / frames);
    for (let band = 0; band < bands; band++) {
      const place = ((bands - 1 - band) * width + x) * 4 + 3;
      pixels.data[place] = Math.max(pixels.data[place], bytes[frame * bands + band]);
    }
  }
  const picture = document.createElement("canvas");
  [picture.width, picture.height] = [width, bands];
  picture.getContext("2d").putImageData(pixels, 0, 0);
  return picture;
}

/** Draws the picture over the width that its frames cover: `share` of the recording. */
export function drawSpectrogram(canvas, picture, { lowest, highest }, share) {
  const { context, width, height } = surface(canvas);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width * share, height);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = colours().ink;
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = "source-over";
  context.font = `11px ${getComputedStyle(canvas).fontFamily}`;
  label(context, hertz(highest), 6, 16);
  label(context, hertz(lowest), 6, height - 7);
}

function label(context, text, x, y) {
  const { card, "soft-ink": ink } = colours();
  context.globalAlpha = 0.8;
  context.fillStyle = card;
  context.beginPath();
  context.roundRect(x - 3, y - 11, context.measureText(text).width + 6, 15, 4);
  context.fill();
  context.globalAlpha = 1;
  context.fillStyle = ink;
  context.fillText(text, x, y);
}

const hertz = (value) => (value >= 1000 ? `${(value / 1000).toFixed(value % 1000 ? 1 : 0)} kHz` : `${Math.round(value)} Hz`);
