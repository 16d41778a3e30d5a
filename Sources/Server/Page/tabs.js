// The three views as tabs, with the address after "#".

import { byId } from "./elements.js";

const VIEWS = ["live", "recording", "voice"];
const tab = (view) => byId(`tab-${view}`);

/** Prepares the tabs, and shows the one in the address. */
export function startTabs() {
  for (const view of VIEWS) {
    tab(view).addEventListener("click", () => showView(view));
    tab(view).addEventListener("keydown", (event) => {
      const place = VIEWS.indexOf(view);
      const next = { ArrowRight: place + 1, ArrowLeft: place + 2, Home: 0, End: 2 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      showView(VIEWS[next % 3]);
      tab(VIEWS[next % 3]).focus();
    });
  }
  // Other addresses are places within a view.
  const named = () => VIEWS.find((view) => location.hash === `#${view}`);
  addEventListener("hashchange", () => named() && showView(named()));
  showView(named() ?? "live");
}

/** Shows one view. */
export function showView(chosen) {
  for (const view of VIEWS) {
    const on = view === chosen;
    byId(view).hidden = !on;
    tab(view).setAttribute("aria-selected", on);
    tab(view).tabIndex = on ? 0 : -1;
  }
  if (location.hash !== `#${chosen}`) history.replaceState(null, "", `#${chosen}`);
}
