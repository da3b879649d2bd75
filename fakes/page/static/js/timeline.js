// The chart above the list: requests over time, coloured by how they were answered. Dragging over it chooses a time.

import { countInto, spanOf, ticks, tones } from "./bins.js";
import { el, fill } from "./dom.js";
import { clock, count } from "./format.js";

const height = 52, bar = 5, gap = 1;

// Timeline draws into an element; choose is called with [from, to], or null when the choice is taken back.
export class Timeline {
  constructor(root, choose) {
    this.root = root;
    this.choose = choose;
    this.entries = [];
    this.range = null;
    this.svg = el("svg:svg", { class: "chart", height, role: "img" });
    this.axis = el("div", { class: "axis", "aria-hidden": "true" });
    this.tip = el("div", { class: "tip", hidden: true });
    root.append(this.svg, this.axis, this.tip);
    new ResizeObserver(() => this.draw()).observe(root);
    this.listen();
  }

  show(entries, range) {
    this.entries = entries;
    this.range = range;
    this.later ??= setTimeout(() => this.draw(), 120);
  }

  draw() {
    clearTimeout(this.later);
    this.later = undefined;
    const width = Math.floor(this.root.clientWidth);
    const columns = Math.floor(width / (bar + gap));
    this.span = spanOf(this.entries);
    this.root.dataset.empty = this.span === null;
    if (columns < 1 || !this.span) return fill(this.svg);
    this.bins = countInto(this.entries, this.span, columns);
    const most = Math.max(1, ...this.bins.map((b) => b.sum));
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("aria-label", `${count(this.entries.length)} requests from ${clock(this.span[0])} to ${clock(this.span[1])}`);
    fill(this.svg, this.marks(), this.bins.map((b, i) => column(b, i, most)), this.selection());
    this.label(width, most);
  }

  x(t) {
    return ((t - this.span[0]) / (this.span[1] - this.span[0])) * this.root.clientWidth;
  }

  timeAt(x) {
    const share = Math.min(1, Math.max(0, x / this.root.clientWidth));
    return this.span[0] + share * (this.span[1] - this.span[0]);
  }

  marks() {
    return ticks(this.span, 6).map((t) => el("svg:line", { class: "mark", x1: this.x(t), x2: this.x(t), y1: 0, y2: height }));
  }

  label(width, most) {
    const marks = ticks(this.span, 6).filter((t) => this.x(t) > 24 && this.x(t) < width - 24);
    fill(this.axis, marks.map((t) => el("span", { style: { left: `${this.x(t)}px` } }, clock(t).slice(0, 8))));
    this.root.dataset.most = count(most);
  }

  selection() {
    if (!this.range) return null;
    const from = Math.max(0, this.x(this.range[0]));
    return el("svg:rect", { class: "selection", x: from, y: 0, width: Math.max(2, this.x(this.range[1]) - from), height });
  }

  listen() {
    let start = null;
    this.root.addEventListener("pointerdown", (e) => {
      if (!this.span) return;
      start = this.offset(e);
      this.root.setPointerCapture(e.pointerId);
    });
    this.root.addEventListener("pointermove", (e) => {
      if (!this.span) return;
      if (start !== null) this.drag(start, this.offset(e));
      this.hover(this.offset(e));
    });
    this.root.addEventListener("pointerup", (e) => {
      if (start !== null) this.finish(start, this.offset(e));
      start = null;
    });
    this.root.addEventListener("pointerleave", () => (this.tip.hidden = true));
  }

  offset(event) {
    return event.clientX - this.root.getBoundingClientRect().left;
  }

  drag(a, b) {
    this.range = [this.timeAt(Math.min(a, b)), this.timeAt(Math.max(a, b))];
    this.draw();
  }

  finish(a, b) {
    this.choose(Math.abs(a - b) < 4 ? null : [this.timeAt(Math.min(a, b)), this.timeAt(Math.max(a, b))]);
  }

  hover(x) {
    const b = this.bins?.[Math.floor(x / (bar + gap))];
    this.tip.hidden = !b || b.sum === 0;
    if (this.tip.hidden) return;
    const parts = tones.filter((t) => b[t] > 0).map((t) => el("span", { class: `tone ${t}` }, `${count(b[t])} ${toneName[t]}`));
    fill(this.tip, clock(b.from), parts);
    this.tip.style.left = `${Math.min(x, this.root.clientWidth - this.tip.offsetWidth - 4)}px`;
  }
}

// toneName says in words what a colour means.
export const toneName = { ok: "accepted", open: "open", client: "4xx", server: "5xx", fault: "cut off" };

function column(b, i, most) {
  let y = height;
  return tones.filter((t) => b[t] > 0).map((t) => {
    const h = Math.max(1.5, (b[t] / most) * (height - 6));
    y -= h;
    return el("svg:rect", { class: t, x: i * (bar + gap), y, width: bar, height: h });
  });
}
