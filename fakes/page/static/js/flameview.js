// A flame graph on the page: rectangles that can be clicked, searched and walked with the arrow keys.

import { el, fill } from "./dom.js";
import { amount, percent } from "./format.js";
import { change, grade } from "./difference.js";
import { ancestors, family, found, hue, layout, neighbour } from "./flame.js";

const rowHeight = 20, leastPixels = 1.5, colours = 10, mostBoxes = 5000;
const arrows = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

// FlameView draws frames, as index of flame.js makes them, into an element.
export class FlameView {
  constructor(root) {
    this.root = root;
    this.stage = el("div", { class: "stage", role: "tree", "aria-label": "Flame graph: arrow keys walk, Enter zooms, Escape zooms out" });
    this.note = el("p", { class: "note", "aria-live": "polite" });
    this.tip = el("div", { class: "flame-tip", hidden: true });
    fill(root, this.note, this.stage, this.tip);
    this.frames = [];
    this.stage.addEventListener("click", (e) => this.click(e));
    this.stage.addEventListener("keydown", (e) => this.key(e));
    this.stage.addEventListener("pointermove", (e) => this.hover(e));
    this.stage.addEventListener("pointerleave", () => this.leave());
    this.stage.addEventListener("focusin", (e) => this.point(Number(e.target.dataset.id)));
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.stage);
  }

  // show draws other frames, whose values are in this unit.
  show(frames, unit) {
    this.frames = frames;
    this.unit = unit;
    this.focus = this.cursor = 0;
    this.search(this.text ?? "");
  }

  // search marks the frames whose name contains the text, and gives how much of the whole they are.
  search(text) {
    this.text = text;
    this.found = found(this.frames, text);
    this.draw();
    return this.found;
  }

  draw() {
    const width = this.stage.clientWidth;
    if (width === 0 || this.frames.length === 0) return;
    this.width = width;
    this.boxes = layout(this.frames, this.focus, leastPixels / width).slice(0, mostBoxes);
    if (!this.boxes.some((b) => b.frame.id === this.cursor)) this.cursor = this.focus;
    const depth = Math.max(0, ...this.boxes.map((b) => b.frame.depth));
    this.stage.style.height = `${(depth + 1) * rowHeight}px`;
    this.stage.dataset.searched = this.found.ids.size > 0;
    const had = this.stage.contains(document.activeElement);
    fill(this.stage, this.boxes.map((b) => this.box(b)));
    if (had) this.node(this.cursor)?.focus({ preventScroll: true });
    this.tell(this.cursor);
  }

  box({ frame, left, width }) {
    const wide = width * this.width > 28;
    return el("div", {
      class: `box ${this.colour(frame)}`, role: "treeitem", tabindex: frame.id === this.cursor ? 0 : -1,
      "aria-level": frame.depth + 1, "aria-label": this.sentence(frame), dataset: { id: frame.id, found: this.found.ids.has(frame.id), above: frame.depth < this.frames[this.focus].depth },
      style: { left: `${left * 100}%`, width: `${width * 100}%`, top: `${frame.depth * rowHeight}px` },
    }, wide && shorten(frame.name));
  }

  // colour goes by what a function belongs to, or by how it changed.
  colour(frame) {
    if (frame.id === 0) return "whole";
    return frame.before ? `grade${grade(change(frame, this.frames[0]))}` : `hue${hue(frame.name, colours)}`;
  }

  node(id) {
    return this.stage.querySelector(`[data-id="${id}"]`);
  }

  sentence(frame) {
    return [frame.name, ...this.told(frame)].join(": ");
  }

  // told is what there is to say of a frame, in one or two sentences.
  told(frame) {
    const whole = this.frames[0], { before } = frame;
    if (!before) {
      return [`${amount(frame.total, this.unit)} · ${percent(frame.total, whole.total)} of all`, `itself ${amount(frame.self, this.unit)} · ${percent(frame.self, whole.total)}`];
    }
    const now = frame.total - before.total;
    return [`before ${amount(before.total, this.unit)} · ${percent(before.total, whole.before.total)} of all`, `now ${amount(now, this.unit)} · ${percent(now, whole.total - whole.before.total)} of all`];
  }

  click(event) {
    const box = event.target.closest("[data-id]");
    if (box) this.zoom(Number(box.dataset.id));
  }

  // zoom lets a frame fill the width; the one that does already gives way to its caller.
  zoom(id) {
    this.focus = id === this.focus && id !== 0 ? 0 : id;
    this.cursor = id;
    this.tip.hidden = true;
    this.draw();
    this.node(id)?.focus({ preventScroll: true });
  }

  key(event) {
    if (arrows[event.key]) this.walk(neighbour(this.boxes, this.cursor, arrows[event.key]));
    else if (event.key === "Enter" || event.key === " ") this.zoom(this.cursor);
    else if (event.key === "Escape" && this.focus !== 0) this.zoom(0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  walk(id) {
    const old = this.node(this.cursor), next = this.node(id);
    if (!next) return;
    old?.setAttribute("tabindex", -1);
    next.setAttribute("tabindex", 0);
    next.focus();
  }

  point(id) {
    this.cursor = id;
    this.tell(id);
  }

  hover(event) {
    const id = Number(event.target.closest("[data-id]")?.dataset.id ?? NaN);
    const frame = this.frames[id];
    this.tip.hidden = !frame;
    if (!frame) return;
    fill(this.tip, el("b", {}, frame.name), this.told(frame).map((text) => el("span", {}, text)));
    const box = this.root.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    this.tip.style.left = `${Math.max(0, Math.min(x + 12, box.width - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${y + 18}px`;
  }

  leave() {
    this.tip.hidden = true;
  }

  // tell writes the line above the graph: the way to the frame, and its share.
  tell(id) {
    const frame = this.frames[id];
    if (!frame) return;
    const way = ancestors(this.frames, id).slice(-2).map((f) => `${shorten(f.name)} › `);
    fill(this.note, el("span", { class: "way" }, way), el("b", {}, shorten(frame.name)), ` ${this.told(frame).join(", ")}`);
  }

  close() {
    this.watch.disconnect();
  }
}

// shorten leaves out the directories of a package's path: net/http.(*conn).serve becomes http.(*conn).serve.
function shorten(name) {
  const package_ = family(name);
  return package_.slice(package_.lastIndexOf("/") + 1) + name.slice(package_.length);
}
