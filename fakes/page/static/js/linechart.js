// Series over time as lines.

import { ticks as timeTicks } from "./bins.js";
import { el, fill } from "./dom.js";
import { clock, moment, number } from "./format.js";
import { extent, niceTicks, pathOf, valueAt } from "./scale.js";

const height = 220, right = 10, top = 8, bottom = 20, digit = 6.2;
export const lineColours = 8;
const mostTold = 8;

// LineChart draws lines [{name, points: [[time, value]]}] into an element of its own, node.
export class LineChart {
  constructor() {
    this.svg = el("svg:svg", { class: "lines", height, role: "img" });
    this.tip = el("div", { class: "tip chart-tip", hidden: true });
    this.node = el("div", { class: "linechart" }, this.svg, this.tip);
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.node);
    this.svg.addEventListener("pointermove", (event) => this.hover(event));
    this.svg.addEventListener("pointerleave", () => this.leave());
  }

  // show draws lines from one time to another, in milliseconds; step is the usual time between two points.
  show(lines, [from, to], step) {
    Object.assign(this, { lines, from, to, step });
    this.draw();
  }

  x(t) {
    return this.left + ((t - this.from) / (this.to - this.from || 1)) * (this.width - this.left - right);
  }

  y(v) {
    const [low, high] = [this.marks[0], this.marks[this.marks.length - 1]];
    return height - bottom - ((v - low) / (high - low || 1)) * (height - top - bottom);
  }

  draw() {
    this.width = Math.floor(this.node.clientWidth);
    if (!this.lines || this.width < 150) return;
    const values = extent(this.lines);
    this.marks = values ? niceTicks(...values, 4) : [0, 1];
    this.left = 12 + digit * Math.max(4, ...this.marks.map((v) => number(v).length));
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.svg.setAttribute("width", this.width);
    this.svg.setAttribute("aria-label", `${this.lines.length} series from ${moment(this.from)} to ${moment(this.to)}${values ? `, values from ${number(values[0])} to ${number(values[1])}` : ", no values"}`);
    this.cross = el("svg:line", { class: "cross", y1: top, y2: height - bottom, visibility: "hidden" });
    fill(this.svg, this.axes(), this.lines.map((l, i) => el("svg:path", { class: `line line${i % lineColours}`, d: pathOf(l.points, this.step, (t) => this.x(t), (v) => this.y(v)) })), this.cross);
  }

  axes() {
    return [
      this.marks.map((v) => [
        el("svg:line", { class: "mark", x1: this.left, x2: this.width - right, y1: this.y(v), y2: this.y(v) }),
        el("svg:text", { class: "tick", x: this.left - 6, y: this.y(v) + 3.5, "text-anchor": "end" }, number(v))]),
      timeTicks([this.from, this.to], Math.max(2, Math.floor(this.width / 110))).filter((t) => this.x(t) < this.width - 26).map((t) =>
        el("svg:text", { class: "tick", x: this.x(t), y: height - 6, "text-anchor": "middle" }, clock(t).slice(0, 8))),
    ];
  }

  hover(event) {
    const at = event.clientX - this.svg.getBoundingClientRect().left;
    const raw = this.from + ((at - this.left) / (this.width - this.left - right)) * (this.to - this.from);
    const t = this.from + Math.round((raw - this.from) / this.step) * this.step;
    const told = this.lines.map((l, i) => ({ i, name: l.name, value: valueAt(l.points, t, this.step) })).filter((l) => l.value !== null).sort((a, b) => b.value - a.value);
    this.tip.hidden = told.length === 0;
    if (told.length === 0) return this.leave();
    this.cross.setAttribute("x1", this.x(t));
    this.cross.setAttribute("x2", this.x(t));
    this.cross.setAttribute("visibility", "visible");
    fill(this.tip, el("b", {}, clock(t).slice(0, 8)),
      told.slice(0, mostTold).map((l) => el("span", {}, el("i", { class: `swatch line${l.i % lineColours}` }), el("b", {}, number(l.value)), ` ${l.name}`)),
      told.length > mostTold && el("span", { class: "faint" }, `and ${told.length - mostTold} more`));
    this.tip.style.left = `${Math.max(0, Math.min(at + 14, this.width - this.tip.offsetWidth - 4))}px`;
    return undefined;
  }

  leave() {
    this.tip.hidden = true;
    this.cross?.setAttribute("visibility", "hidden");
  }

  close() {
    this.watch.disconnect();
  }
}
