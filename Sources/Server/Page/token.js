// The token, for servers that need one. It lives as long as the browser's tab.

import { byId } from "./elements.js";

let asking = null;

/**
 * Asks for the token, once for all requests that wait for it.
 * @param {string?} refused the token that the server just refused; another one may have been entered since
 * @returns {Promise<boolean>} whether there is one to try
 */
export function askForToken(refused) {
  if (sessionStorage.getItem("token") !== refused) return Promise.resolve(true);
  asking ??= ask().finally(() => { asking = null; });
  return asking;
}

/** The token, for the first message of a stream. */
export const token = () => sessionStorage.getItem("token") ?? undefined;

function ask() {
  const dialog = byId("token");
  const form = dialog.querySelector("form");
  form.reset();
  sessionStorage.removeItem("token");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      const given = form.elements.token.value.trim();
      const use = dialog.returnValue === "use" && given !== "";
      if (use) sessionStorage.setItem("token", given);
      form.reset();
      answer(use);
    }, { once: true });
  });
}
