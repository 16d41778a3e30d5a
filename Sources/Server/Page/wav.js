// What was said live, kept in the page as a WAV file.

/** Above this, the oldest sound is dropped: ten minutes. */
const LONGEST = 600;

/** Collects blocks of 16-bit samples. */
export class Tape {
  constructor(rate) {
    this.rate = rate;
    this.blocks = [];
    this.count = 0;
  }

  /** Adds a block, and drops the oldest ones of a tape that is too long. */
  add(samples) {
    this.blocks.push(samples);
    this.count += samples.length;
    while (this.count > LONGEST * this.rate) this.count -= this.blocks.shift().length;
  }

  /** All samples as a file. */
  file(name) {
    const header = new DataView(new ArrayBuffer(44));
    const bytes = this.count * 2;
    const text = (offset, value) => [...value].forEach((letter, index) => header.setUint8(offset + index, letter.charCodeAt(0)));
    text(0, "RIFF");
    header.setUint32(4, 36 + bytes, true);
    text(8, "WAVEfmt ");
    header.setUint32(16, 16, true);
    header.setUint16(20, 1, true);
    header.setUint16(22, 1, true);
    header.setUint32(24, this.rate, true);
    header.setUint32(28, this.rate * 2, true);
    header.setUint16(32, 2, true);
    header.setUint16(34, 16, true);
    text(36, "data");
    header.setUint32(40, bytes, true);
    return new File([header, ...this.blocks], name, { type: "audio/wav" });
  }
}
