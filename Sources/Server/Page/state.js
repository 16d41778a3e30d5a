// What all views share: the models, the voices, what is chosen, and the open recording.

/** Sends the event "change" with the names of the changed keys. */
class State extends EventTarget {
  /** All models of the server. */
  models = [];
  /** The chosen model. */
  model = null;
  /** The enrolled voices. */
  voices = [];
  /** The name of the chosen voice; empty for an unknown one. */
  voice = "";
  /** `{file, now, before, front, voice}`: the open recording, its result, that without the voice if one was chosen, and the front end's data. */
  recording = null;
  /** Whether the open recording is being recognised. */
  pending = false;
  /** Whether a session is running, so that nothing may change under it. */
  busy = false;

  /** Changes some of these and tells who listens. */
  set(changes) {
    const changed = Object.keys(changes).filter((key) => this[key] !== changes[key]);
    Object.assign(this, changes);
    if (changed.length) this.dispatchEvent(new CustomEvent("change", { detail: new Set(changed) }));
  }

  /** Calls back when one of these keys changes. */
  on(keys, callback) {
    this.addEventListener("change", ({ detail }) => keys.some((key) => detail.has(key)) && callback());
  }

  /** The model and voice for a request. */
  get options() {
    return { model: this.model?.name, voice: this.voice || undefined };
  }
}

export const state = new State();
