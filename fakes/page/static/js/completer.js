// A list of what could be written next, below an editor.

import { el, fill } from "./dom.js";
import { rank, spot, words } from "./complete.js";

// Completer offers names for a textarea. names(spot) gives a promise of what there is for a spot of the expression.
export class Completer {
  constructor(editor, names) {
    Object.assign(this, { editor, names });
    this.list = el("ul", { class: "offers", id: "offers", role: "listbox", "aria-label": "Completions", hidden: true });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": "offers", "aria-expanded": "false" })) editor.setAttribute(name, value);
    editor.addEventListener("input", () => this.offer());
    editor.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => this.press(event));
  }

  get open() {
    return !this.list.hidden;
  }

  // offer looks anew at what stands before the caret.
  async offer() {
    const { value, selectionStart } = this.editor;
    const here = spot(value, selectionStart);
    if (here.want === "" || (here.want === "name" && here.prefix === "")) return this.close();
    const there = await this.names(here);
    if (this.editor.value !== value || this.editor.selectionStart !== selectionStart) return undefined; // more was written meanwhile
    this.here = here;
    return this.put(rank(here.want === "name" ? [...there, ...words] : there, here.prefix));
  }

  put(offers) {
    if (offers.length === 0) return this.close();
    this.offers = offers;
    fill(this.list, offers.map((text, i) => el("li", { id: `offer-${i}`, role: "option", dataset: { offer: i } }, text)));
    this.list.hidden = false;
    this.editor.setAttribute("aria-expanded", "true");
    return this.point(0);
  }

  point(i) {
    this.at = (i + this.offers.length) % this.offers.length;
    [...this.list.children].forEach((node, j) => node.setAttribute("aria-selected", String(j === this.at)));
    this.list.children[this.at].scrollIntoView({ block: "nearest" });
    this.editor.setAttribute("aria-activedescendant", `offer-${this.at}`);
  }

  close() {
    this.list.hidden = true;
    this.editor.setAttribute("aria-expanded", "false");
    this.editor.removeAttribute("aria-activedescendant");
  }

  press(event) {
    const offer = event.target.closest("[data-offer]");
    if (!offer) return;
    event.preventDefault(); // the editor keeps the focus
    this.take(Number(offer.dataset.offer));
  }

  // take writes an offer in the place of what stands there of it.
  take(i) {
    const text = this.offers[i], { from, want } = this.here;
    this.editor.setRangeText(want === "value" ? escape(text) : text, from, this.editor.selectionStart, "end");
    this.close();
  }

  // key takes a key that is for the list, and tells whether it was.
  key(event) {
    if (!this.open) return false;
    if (event.key === "Enter" && this.offers[this.at] === this.here.prefix) { // it stands there already: the key is for the editor
      this.close();
      return false;
    }
    switch (event.key) {
      case "ArrowDown": this.point(this.at + 1); return true;
      case "ArrowUp": this.point(this.at - 1); return true;
      case "Tab":
      case "Enter": this.take(this.at); return true;
      case "Escape": this.close(); return true;
      default: return false;
    }
  }
}

const escape = (text) => JSON.stringify(text).slice(1, -1);
