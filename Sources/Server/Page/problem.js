// What went wrong, in words, and what to do about it.

/** A problem with a sentence for people. `code` is the server's or the page's own. */
export class Problem extends Error {
  constructor(code, sentence, retryAfter = 0) {
    super(sentence);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

const BY_STATUS = {
  401: "The server needs a token. Reload the page to enter it.",
  404: "The server no longer has this. Reload the page.",
  408: "The upload took too long. Try again, or use a shorter or more compressed recording.",
  413: "The recording is larger or longer than this server accepts. Cut it, or compress it, for example as MP3.",
  429: "The server is busy. Try again in a few seconds.",
  503: "The server is starting or shutting down. Try again in a few seconds.",
};

const BY_CODE = {
  "request.late": "The recording took too long to recognise. Try a shorter part of it, or try again later.",
};

const BY_CLOSE = {
  1001: "The server is shutting down. What it heard until now is shown.",
  1006: "The connection to the server was lost. What it heard until now is shown.",
  1008: "The server refused the session. If it needs a token, reload the page and enter it.",
  1009: "A message was larger than the server accepts. Reload the page.",
  1011: "The server failed. Try again; if it happens again, its log says why.",
  1013: "The server has as many sessions as it can serve. Try again in a minute.",
};

const BY_DEVICE = {
  NotAllowedError: "The microphone is blocked. Allow it for this page in the browser's address bar, then start again.",
  NotFoundError: "There is no microphone. Connect one, then start again.",
  NotReadableError: "The microphone is in use by another program, or does not respond. Close the other program, then start again.",
};

/** The problem of an HTTP response: the server's own sentence first, then the remedy. */
export async function fromResponse(response) {
  const said = await response.json().catch(() => ({}));
  const remedy = BY_CODE[said.code] ?? BY_STATUS[response.status];
  const detail = typeof said.detail === "string" ? sentence(said.detail) : "";
  const general = response.status >= 500 ? "The server failed. Try again; if it happens again, its log says why." : "The server refused this.";
  const text = [413, 401, 429, 503].includes(response.status) ? remedy : detail || remedy || general;
  return new Problem(said.code ?? `http.${response.status}`, text, Number(response.headers.get("Retry-After")) || 0);
}

/** Bytes from which an interrupted upload was probably refused for its size. */
const LARGE = 16 << 20;

/** The problem of a request or session that got no response. */
export function unreachable(bytes = 0) {
  if (bytes > LARGE) return new Problem("page.interrupted", `The upload was interrupted. ${BY_STATUS[413].replace("is", "may be")}`);
  return new Problem("page.unreachable", "The server does not answer. Check that stimmung serve is running and that you are online, then try again.");
}

/** The problem of a stream that was closed, or null if it ended as it should. */
export function fromClose(code, event) {
  if (event) return new Problem(event.code ?? "stream", [sentence(event.detail ?? ""), code === 1008 ? "" : BY_CLOSE[code] ?? ""].join(" ").trim());
  if (code === 1000) return null;
  return new Problem(`close.${code}`, BY_CLOSE[code] ?? `The server ended the session (close code ${code}). Start again.`);
}

/** The problem of a microphone that could not be opened. */
export function fromMicrophone(error) {
  if (error instanceof Problem) return error;
  return new Problem("page.microphone", BY_DEVICE[error?.name] ?? "The microphone could not be opened. Check the browser's settings for this page, then start again.");
}

/** Browsers offer no microphone to pages from plain http on another machine. */
export const insecure = () =>
  new Problem("page.insecure", "Browsers allow the microphone only on https and on localhost. Open this page through one of them.");

function sentence(text) {
  const trimmed = text.trim();
  if (!trimmed) return "";
  return trimmed[0].toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? "" : ".");
}
