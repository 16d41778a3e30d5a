// Short names for the DOM, and the live region for screen readers.

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element: `element("p", {class: "quiet"}, "text", child)`. Keys that begin with `on` are listeners. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** Sets or removes `data-emotion`, which carries the colours. */
export function colour(target, label) {
  if (label) target.dataset.emotion = label;
  else delete target.dataset.emotion;
}

/** Says a sentence to screen readers, after what they are saying. */
export function announce(sentence) {
  byId("announcer").textContent = sentence;
}

/** Sizes a canvas for the screen, and returns its context in CSS pixels with `width` and `height`. */
export function surface(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = window.devicePixelRatio || 1;
  const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** Saves text or a blob as a file. */
export function save(content, name, type = "text/plain") {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  element("a", { href: address, download: name }).click();
  // A busy browser begins a download late.
  setTimeout(() => URL.revokeObjectURL(address), 120_000);
}
