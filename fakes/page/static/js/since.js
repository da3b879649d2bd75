// How long ago something was, kept true while it is shown.

import { el } from "./dom.js";
import { ago, moment } from "./format.js";

// since writes how long ago a moment in milliseconds was; its title is the moment itself.
export function since(ms) {
  return el("time", { class: "since", datetime: new Date(ms).toISOString(), title: moment(ms), dataset: { since: ms } }, ago(ms, Date.now()));
}

// startSince brings all of them up to date, each second while somebody looks.
export function startSince() {
  setInterval(() => {
    if (document.hidden) return;
    const now = Date.now();
    for (const node of document.querySelectorAll("time.since")) {
      const text = ago(Number(node.dataset.since), now);
      if (node.textContent !== text) node.textContent = text;
    }
  }, 1000);
}
