// The server's HTTP interface. Every function throws a `Problem`.

import { askForToken } from "./token.js";
import { fromResponse, unreachable } from "./problem.js";

/** The address of an endpoint; relative to the page, so that a proxy may serve it below any path. */
export function address(path, query = {}) {
  const url = new URL(`v1/${path}`, document.baseURI);
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(key, value);
  }
  return url;
}

/** The models of the server: `[{name, default, labels, corpus, …}]`. */
export const models = async () => (await json("models")).models;

/** The enrolled voices: `[{name, stretches, seconds, share, warnings}]`. */
export const voices = async () => (await json("voices")).voices;

/** Forgets a voice. */
export const deleteVoice = (name) => request(`voices/${encodeURIComponent(name)}`, {}, { method: "DELETE" });

/** Learns a voice from recordings. */
export const enrol = (name, model, files) => json("voices", { name, model }, upload(files));

/** Recognises a recording, with its timeline. */
export const predict = (file, { model, voice }, signal) => json("predict", { timeline: true, model, voice }, { ...upload([file]), signal });

/** The same as text in another format. */
export const predictAs = async (file, { model, voice }, format) =>
  (await request("predict", { timeline: true, model, voice, format }, upload([file]))).text();

/** The waveform and spectrogram of a recording. */
export const frontEnd = (file, columns, signal) => json("front-end", { columns }, { ...upload([file]), signal });

async function json(path, query, options) {
  return (await request(path, query, options)).json();
}

/** Sends a request, asks for the token if the server wants one, and waits once or twice while the server is busy. */
async function request(path, query = {}, options = {}, attempt = 0) {
  const token = sessionStorage.getItem("token");
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  let response;
  try {
    response = await fetch(address(path, query), { ...options, headers });
  } catch (error) {
    const bytes = options.body?.getAll("audio").reduce((sum, { size }) => sum + size, 0);
    throw error.name === "AbortError" ? error : unreachable(bytes);
  }
  if (response.ok) return response;
  if (response.status === 401 && (await askForToken(token))) return request(path, query, options, attempt);
  const problem = await fromResponse(response);
  if (response.status === 429 && attempt < 2) {
    await new Promise((resume) => setTimeout(resume, 1000 * Math.min(10, problem.retryAfter || 1)));
    return request(path, query, options, attempt + 1);
  }
  throw problem;
}

function upload(files) {
  const body = new FormData();
  for (const file of files) body.append("audio", file, file.name);
  return { method: "POST", body };
}
