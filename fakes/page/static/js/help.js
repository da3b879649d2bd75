// The help that "?" opens.

import { el, fill, icon } from "./dom.js";

const keys = [
  [["j", "↓"], "the row below"], [["k", "↑"], "the row above"], [["Enter"], "open it"], [["Esc"], "close what is open, then clear the search"],
  [["g"], "the first row"], [["G"], "the last row"], [["/"], "search"], [["p"], "pause or go on"], [["o"], "newest or oldest first"],
  [["s"], "replies of the fake"], [["q"], "query it"], [["t"], "light or dark"], [["?"], "this help"],
];
const words = [
  ["push", "in path, tenant, kind, answer, label, header or error"], ["status:503 · status:5xx · status:reset", "how it was answered"],
  ["tenant:a · kind:metadata · fake:mimir · path:/x · method:post", "in that field only"], ["-kind:metadata", "all but those"], ['"two words"', "together"],
];

// startHelp fills a dialog; the function that comes back opens it.
export function startHelp(dialog) {
  fill(dialog,
    el("div", { class: "head" }, el("h2", {}, "Help"), el("span", { class: "grow" }), el("button", { class: "quiet small", type: "button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"))),
    el("h3", {}, "Keys"), el("dl", {}, keys.map(([names, meaning]) => [el("dt", {}, names.map((k) => [el("kbd", {}, k), " "])), el("dd", {}, meaning)])),
    el("h3", {}, "Search"), el("dl", {}, words.map(([text, meaning]) => [el("dt", {}, el("code", {}, text)), el("dd", {}, meaning)])),
    el("p", { class: "quiet-text" }, "Drag over the chart to choose a time. In a flame graph the arrow keys walk, Enter zooms, Escape zooms out. In the query box Enter asks, Shift+Enter begins a line, the arrow keys walk through what was asked before, Tab takes a completion."));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return () => dialog.showModal();
}
