// The upper edge of what opens beside the list.

import { el, icon } from "./dom.js";

// paneHead shows a title, buttons, and the way out: an arrow back where the pane covers the list, a cross where both are seen.
export function paneHead(title, close, ...buttons) {
  return el("header", { class: "pane-head" },
    el("button", { class: "quiet small back", type: "button", "aria-label": "Back to the list (Esc)", onclick: close }, icon("back")),
    el("div", { class: "title" }, title), buttons,
    el("button", { class: "quiet small closer", type: "button", "aria-label": "Close (Esc)", title: "Close (Esc)", onclick: close }, icon("close")));
}
