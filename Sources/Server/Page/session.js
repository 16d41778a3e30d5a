// A session of the server over WebSocket: audio out, events in. docs/events.md describes the events.

import { address } from "./api.js";
import { fromClose, Problem, unreachable } from "./problem.js";
import { token } from "./token.js";

/** Unsent audio above which the connection is too slow: about 20 s at 48 kHz. */
const BACKLOG = 2_000_000;

/** Seconds without an event after which a session that was ended counts as lost. */
const PATIENCE = 30;

/** One session. It is `done` when the server has closed it. */
export class Session {
  /**
   * @param {Object} start the first message, without the token: `{rate, voice, model, enrol, …}`
   * @param {(event: Object) => void} onEvent every event but errors
   */
  constructor(start, onEvent) {
    const url = address("stream");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(url);
    this.waiting = [];
    this.error = null;
    this.socket.onopen = () => {
      this.opened = true;
      this.socket.send(JSON.stringify({ encoding: "s16le", channels: 1, ...start, token: token() }));
      this.waiting.forEach((message) => this.socket.send(message));
      this.waiting = [];
    };
    this.socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (this.timer) this.#wait();
      if (event.event === "error") this.error = event;
      else onEvent(event);
    };
    /** Resolves when the session has ended as it should, and rejects with a `Problem` otherwise. */
    this.done = new Promise((resolve, reject) => {
      this.socket.onclose = ({ code }) => {
        const problem = this.problem ?? (this.opened ? fromClose(code, this.error) : unreachable());
        clearTimeout(this.timer);
        if (problem && !this.cancelled) reject(problem);
        else resolve();
      };
    });
    this.done.catch(() => {});
  }

  /** Sends samples; before the connection is open, they wait. */
  send(samples) {
    if (this.socket.bufferedAmount > BACKLOG) {
      this.#fail(new Problem("page.slow", "The connection is too slow for live audio. Record a file, then open it here."));
    }
    this.#message(samples);
  }

  /** Ends the audio; the server sends what remains, then closes. */
  end() {
    this.#message(JSON.stringify({ end: true }));
    this.#wait();
  }

  /** Closes without waiting for results. */
  cancel() {
    this.cancelled = true;
    this.socket.close(1000);
  }

  #wait() {
    clearTimeout(this.timer);
    const problem = new Problem("page.unfinished", "The server did not finish the session. What it sent until now is shown.");
    this.timer = setTimeout(() => this.#fail(problem), PATIENCE * 1000);
  }

  #fail(problem) {
    this.problem = problem;
    this.socket.close(1000);
  }

  #message(message) {
    if (this.socket.readyState === WebSocket.CONNECTING) this.waiting.push(message);
    else if (this.socket.readyState === WebSocket.OPEN) this.socket.send(message);
  }
}
