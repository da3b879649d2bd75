// A flame graph on the page: rectangles that can be clicked, searched and walked with the arrow keys.

import { el, fill } from "./dom.js";
import { amount, percent } from "./format.js";
import { ancestors, family, found, hue, index, layout, neighbour } from "./flame.js";

const rowHeight = 20, leastPixels = 1.5, colours = 10, mostBoxes = 5000;
const arrows = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

// FlameView draws a tree into an element.
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

  // show draws another tree, whose values are in this unit.
  show(tree, unit) {
    this.frames = index(tree);
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
      class: frame.id === 0 ? "box whole" : `box hue${hue(frame.name, colours)}`, role: "treeitem", tabindex: frame.id === this.cursor ? 0 : -1,
      "aria-level": frame.depth + 1, "aria-label": this.sentence(frame), dataset: { id: frame.id, found: this.found.ids.has(frame.id), above: frame.depth < this.frames[this.focus].depth },
      style: { left: `${left * 100}%`, width: `${width * 100}%`, top: `${frame.depth * rowHeight}px` },
    }, wide && shorten(frame.name));
  }

  node(id) {
    return this.stage.querySelector(`[data-id="${id}"]`);
  }

  sentence(frame) {
    const whole = this.frames[0].total;
    return `${frame.name}: ${amount(frame.total, this.unit)}, ${percent(frame.total, whole)}; itself ${amount(frame.self, this.unit)}, ${percent(frame.self, whole)}`;
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
    const whole = this.frames[0].total;
    fill(this.tip, el("b", {}, frame.name),
      el("span", {}, `${amount(frame.total, this.unit)} · ${percent(frame.total, whole)} of all`),
      el("span", {}, `itself ${amount(frame.self, this.unit)} · ${percent(frame.self, whole)}`));
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
    fill(this.note, el("span", { class: "way" }, way), el("b", {}, shorten(frame.name)), ` ${amount(frame.total, this.unit)} · ${percent(frame.total, this.frames[0].total)}`,
      frame.self > 0 && frame.id > 0 && `, itself ${percent(frame.self, this.frames[0].total)}`);
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
