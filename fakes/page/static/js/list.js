// A list of which only the rows in sight exist, so that it is as fast with 100,000 entries as with ten.

import { el } from "./dom.js";

const margin = 6; // rows made above and below those in sight

// List shows the rows of a source {length, at(i), rowOf(entry)} in a scrolling element. make fills a node with an entry, keyOf and
// versionOf tell when that has to be done again, choose is called when a row is activated.
export class List {
  constructor(scroller, { source, make, keyOf, versionOf, choose, label }) {
    Object.assign(this, { scroller, source, make, keyOf, versionOf, choose });
    this.nodes = new Map();
    this.cursor = null; // the entry that the keyboard is at
    this.canvas = el("div", { class: "rows", role: "rowgroup" });
    scroller.setAttribute("role", "grid");
    scroller.setAttribute("aria-label", label);
    scroller.tabIndex = 0;
    scroller.append(this.canvas);
    scroller.addEventListener("scroll", () => this.soon(), { passive: true });
    scroller.addEventListener("pointerdown", (event) => (this.pressed = this.entryUnder(event)));
    scroller.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => this.measure()).observe(scroller);
    this.measure();
  }

  // measure reads the height of a row from the style sheet.
  measure() {
    this.height = parseFloat(getComputedStyle(this.scroller).getPropertyValue("--row")) || 34;
    this.draw();
  }

  soon() {
    this.pending ??= requestAnimationFrame(() => this.draw());
  }

  // update is called when the source changed; grown rows were put above the first. What is in sight stays in its place, unless it
  // is the top.
  update(grown = 0) {
    const pinned = this.scroller.scrollTop > 0 && grown > 0;
    this.stretch();
    if (pinned) this.scroller.scrollTop += grown * this.height;
    this.soon();
  }

  stretch() {
    this.canvas.style.height = `${this.source.length * this.height}px`;
    this.scroller.setAttribute("aria-rowcount", this.source.length);
  }

  draw() {
    cancelAnimationFrame(this.pending);
    this.pending = undefined;
    this.stretch();
    const from = Math.max(0, Math.floor(this.scroller.scrollTop / this.height) - margin);
    const to = Math.min(this.source.length, Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / this.height) + margin);
    const kept = new Map();
    for (let i = from; i < to; i++) this.place(this.source.at(i), i, kept);
    for (const [k, held] of this.nodes) if (kept.get(k)?.node !== held.node) held.node.remove();
    this.nodes = kept;
    const active = this.cursor && kept.get(this.keyOf(this.cursor));
    if (active) this.scroller.setAttribute("aria-activedescendant", active.node.id);
    else this.scroller.removeAttribute("aria-activedescendant");
  }

  place(entry, i, kept) {
    const k = this.keyOf(entry), version = this.versionOf(entry);
    let held = this.nodes.get(k);
    if (!held) {
      held = { node: el("div", { id: `row-${k}`, role: "row" }) };
      this.canvas.append(held.node);
    }
    if (held.version !== version) this.make(held.node, entry); // the node stays, so that a click on it is not lost
    held.version = version;
    held.node.style.transform = `translateY(${i * this.height}px)`;
    held.node.setAttribute("aria-rowindex", i + 1);
    held.node.setAttribute("aria-selected", entry === this.cursor);
    held.node.dataset.row = i;
    kept.set(k, held);
  }

  entryUnder(event) {
    const row = event.target.closest("[data-row]");
    return row ? this.source.at(Number(row.dataset.row)) : null;
  }

  // click activates the row that was pressed, although another may have taken its place since.
  click(event) {
    const entry = this.pressed ?? this.entryUnder(event);
    this.pressed = null;
    if (entry) this.activate(entry);
  }

  // move takes the cursor so many rows on, and brings it into sight.
  move(by) {
    const at = this.cursor ? this.source.rowOf(this.cursor) : -1;
    const from = at >= 0 ? at : by > 0 ? -1 : this.source.length;
    const to = Math.min(this.source.length - 1, Math.max(0, from + by));
    if (this.source.length > 0) this.point(this.source.at(to));
    return this.cursor;
  }

  // point puts the cursor on an entry, or nowhere.
  point(entry) {
    this.cursor = entry ?? null;
    const row = this.cursor ? this.source.rowOf(this.cursor) : -1;
    if (row >= 0) this.reveal(row);
    this.draw();
  }

  activate(entry) {
    this.point(entry);
    if (entry) this.choose(entry);
  }

  reveal(row) {
    const top = row * this.height, bottom = top + this.height;
    this.stretch();
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (bottom > this.scroller.scrollTop + this.scroller.clientHeight) this.scroller.scrollTop = bottom - this.scroller.clientHeight;
  }

  // page is how many rows are in sight.
  get page() {
    return Math.max(1, Math.floor(this.scroller.clientHeight / this.height) - 1);
  }
}
