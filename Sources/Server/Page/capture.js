// An AudioWorklet: what the microphone hears, as 16-bit samples every 50 ms, with the peak.

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Int16Array(Math.round(sampleRate / 20));
    this.count = 0;
    this.peak = 0;
  }

  process([[channel]]) {
    if (!channel) return true;
    for (const sample of channel) {
      this.peak = Math.max(this.peak, Math.abs(sample));
      this.block[this.count++] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      if (this.count === this.block.length) this.send();
    }
    return true;
  }

  send() {
    this.port.postMessage({ samples: this.block, peak: this.peak }, [this.block.buffer]);
    this.block = new Int16Array(Math.round(sampleRate / 20));
    this.count = 0;
    this.peak = 0;
  }
}

registerProcessor("capture", Capture);
