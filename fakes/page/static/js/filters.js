// The chips below the search box: kinds and answers that occur, with how many there are; and the fakes when they are chosen.

import { tones } from "./bins.js";
import { el, fill } from "./dom.js";
import { count } from "./format.js";
import { toneName } from "./timeline.js";

// Filters keeps the chips in step with a view.
export class Filters {
  constructor(root, view) {
    this.root = root;
    this.view = view;
    this.drawn = "";
  }

  // draw counts anew. It is called at most a few times a second.
  draw() {
    const counts = countBy(this.view.requests.all, ["kind", "tone", "fake"]);
    const chosen = this.view.chosen;
    const chips = [
      ...[...chosen.fake].map((fake) => ({ field: "fake", value: fake, text: fake, n: counts.fake.get(fake) ?? 0 })),
      ...choices("kind", counts.kind, chosen.kind),
      ...tones.filter((t) => counts.tone.has(t) || chosen.tone.has(t)).map((t) => ({ field: "tone", value: t, text: toneName[t], n: counts.tone.get(t) ?? 0 })),
    ];
    const text = JSON.stringify(chips.map((c) => [c, chosen[c.field].has(c.value)]));
    if (text === this.drawn) return;
    this.drawn = text;
    this.put(chips);
  }

  // put keeps the focus where it was, although the chips are made anew.
  put(chips) {
    const focused = this.root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const nodes = [];
    for (const [i, c] of chips.entries()) {
      if (i > 0 && chips[i - 1].field !== c.field) nodes.push(el("span", { class: "rule" }));
      nodes.push(this.chip(c));
    }
    fill(this.root, nodes);
    if (focused) nodes.find((n) => n.dataset.key === focused)?.focus();
  }

  chip({ field, value, text, n }) {
    const pressed = this.view.chosen[field].has(value);
    return el("button", {
      class: field === "tone" ? `chip tone ${value}` : "chip", type: "button", "aria-pressed": String(pressed), dataset: { key: `${field}:${value}` },
      onclick: () => this.view.toggle(field, value),
    }, text, el("b", {}, count(n)));
  }
}

function choices(field, counts, chosen) {
  const values = new Set([...counts.keys(), ...chosen]);
  return [...values].sort().slice(0, 24).map((value) => ({ field, value, text: value, n: counts.get(value) ?? 0 }));
}

function countBy(entries, fields) {
  const counts = Object.fromEntries(fields.map((f) => [f, new Map()]));
  for (const e of entries) for (const f of fields) counts[f].set(e[f], (counts[f].get(e[f]) ?? 0) + 1);
  return counts;
}
