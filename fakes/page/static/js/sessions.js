// Which session's fakes are shown.

import { el, fill } from "./dom.js";

// Sessions keeps the selector in step with the sessions there are; it hides while there is nothing to choose.
export class Sessions {
  constructor(box, select, choose) {
    Object.assign(this, { box, select, choose, chosen: "", drawn: "" });
    select.addEventListener("change", () => this.turn(select.value));
  }

  show(all) {
    const ids = all.map((s) => s.id);
    if (this.chosen !== "" && !ids.includes(this.chosen)) return this.turn(""); // it ended
    this.box.hidden = ids.length < 2;
    const text = JSON.stringify(ids);
    if (text === this.drawn) return undefined;
    this.drawn = text;
    fill(this.select, el("option", { value: "" }, "all"), ids.map((id) => el("option", { value: id }, id)));
    this.select.value = this.chosen;
    return undefined;
  }

  turn(id) {
    this.chosen = id;
    this.select.value = id;
    this.choose(id);
  }
}
