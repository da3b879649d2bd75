// A question before something that cannot be taken back.

import { byId, el, fill } from "./dom.js";

// confirm asks in a dialog: a promise of whether the answer was yes. The button with "no" has the focus.
export function confirm(question, yes) {
  const dialog = byId("confirm");
  const close = (answer) => () => dialog.close(answer);
  fill(dialog, el("p", {}, question), el("div", { class: "buttons" },
    el("button", { class: "solid-button", type: "button", autofocus: true, dataset: { answer: "no" }, onclick: close("") }, "Cancel"),
    el("button", { class: "solid-button danger", type: "button", dataset: { answer: "yes" }, onclick: close("yes") }, yes)));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}
