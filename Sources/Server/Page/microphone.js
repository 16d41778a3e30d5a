// The microphone as blocks of 16-bit samples at the rate of the audio hardware.

import { fromMicrophone, insecure, Problem } from "./problem.js";

/** An open microphone. `open` asks for permission. */
export class Microphone {
  /**
   * @param {(samples: Int16Array, peak: number) => void} onBlock every 50 ms
   * @param {(problem: Problem) => void} onLost the microphone was unplugged or its permission withdrawn
   */
  static async open(onBlock, onLost) {
    if (!navigator.mediaDevices?.getUserMedia) throw insecure();
    const microphone = new Microphone();
    try {
      // The browser's clean-up for calls alters what emotion is read from.
      const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      microphone.stream = await navigator.mediaDevices.getUserMedia({ audio });
      microphone.context = new AudioContext();
      await microphone.context.audioWorklet.addModule(new URL("capture.js", import.meta.url));
      await microphone.context.resume();
      const node = new AudioWorkletNode(microphone.context, "capture", { channelCount: 1, channelCountMode: "explicit" });
      node.port.onmessage = ({ data }) => microphone.isOpen && onBlock(data.samples, data.peak);
      // The node is silent, but browsers run only what leads to the output.
      microphone.context.createMediaStreamSource(microphone.stream).connect(node).connect(microphone.context.destination);
    } catch (error) {
      microphone.close();
      throw fromMicrophone(error);
    }
    microphone.stream.getAudioTracks()[0].addEventListener("ended", () => {
      if (microphone.isOpen) onLost(new Problem("page.microphone-lost", "The microphone was disconnected or blocked. What was heard until now is shown."));
    });
    microphone.isOpen = true;
    return microphone;
  }

  isOpen = false;

  /** Samples per second. */
  get rate() {
    return this.context.sampleRate;
  }

  /** Releases the microphone. */
  close() {
    this.isOpen = false;
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.context && this.context.state !== "closed") this.context.close();
  }
}
