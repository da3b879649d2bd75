// One profile: what it counts, its flame graph, and its functions in order of what they cost.

import * as api from "./api.js";
import { el, fill, icon } from "./dom.js";
import { FlameView } from "./flameview.js";
import { index, top } from "./flame.js";
import { amount, count, duration, percent, plural } from "./format.js";
import { read, tree } from "./pprof.js";

const mostRows = 200;

// ProfileView shows a profile in an element.
export class ProfileView {
  constructor() {
    this.types = el("select", { "aria-label": "Sample type", onchange: () => this.redraw() });
    this.find = el("input", { class: "field", type: "search", placeholder: "Find a function", "aria-label": "Find a function", oninput: () => this.search() });
    this.share = el("span", { class: "share" });
    this.shape = el("div", { class: "switch", role: "group", "aria-label": "View" },
      this.view("flame", "Flame graph"), this.view("top", "Top"));
    this.flameRoot = el("div", { class: "flame" });
    this.topRoot = el("div", { class: "top", hidden: true });
    this.node = el("div", { class: "profile" });
  }

  view(name, text) {
    return el("button", { type: "button", "aria-pressed": String(name === "flame"), dataset: { view: name }, onclick: () => this.turn(name) }, text);
  }

  // show fetches a profile and draws it. It reports what is wrong on the page.
  async show(url, signal) {
    fill(this.node, el("p", { class: "quiet-text" }, "Reading the profile …"));
    try {
      this.profile = await read(await api.bytes(url, signal));
    } catch (cause) {
      if (cause.name !== "AbortError") fill(this.node, el("p", { class: "problem" }, `This profile cannot be drawn: ${cause.message}`));
      return;
    }
    this.put(url);
  }

  put(url) {
    fill(this.types, this.profile.types.map((t, i) => el("option", { value: i }, `${t.type} · ${t.unit}`)));
    this.types.value = this.profile.defaultType;
    fill(this.node,
      el("div", { class: "profile-tools" }, this.types, this.shape, this.find, this.share, el("span", { class: "grow" }),
        el("a", { class: "quiet", href: url, download: "", title: "Download as pprof" }, icon("download"), "pprof")),
      this.flameRoot, this.topRoot);
    this.flame = new FlameView(this.flameRoot);
    this.redraw();
  }

  get type() {
    return this.profile.types[Number(this.types.value)] ?? { type: "", unit: "" };
  }

  redraw() {
    const root = tree(this.profile, Number(this.types.value));
    root.name = this.about();
    this.flame.show(root, this.type.unit);
    this.table = top(index(root));
    this.whole = root.total;
    this.search();
  }

  about() {
    const parts = [this.type.type || "all", plural(this.profile.samples.length, "sample")];
    if (this.profile.duration > 0) parts.push(`over ${duration(this.profile.duration)}`);
    return parts.join(", ");
  }

  search() {
    const { ids, total } = this.flame.search(this.find.value);
    this.share.textContent = this.find.value.trim() === "" ? "" : ids.size === 0 ? "not found" : `${percent(total, this.whole)} of all`;
    this.drawTop();
  }

  turn(name) {
    for (const button of this.shape.children) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    this.flameRoot.hidden = name !== "flame";
    this.topRoot.hidden = name !== "top";
  }

  drawTop() {
    const wanted = this.find.value.trim().toLowerCase();
    const rows = this.table.filter((r) => r.name.toLowerCase().includes(wanted));
    fill(this.topRoot, el("table", { class: "table" },
      el("thead", {}, el("tr", {}, ["Self", "", "Total", "", "Function"].map((t, i) => el("th", { class: i < 4 ? "number" : "", scope: "col" }, t)))),
      el("tbody", {}, rows.slice(0, mostRows).map((r) => this.row(r)))),
    rows.length > mostRows && el("p", { class: "quiet-text" }, `and ${count(rows.length - mostRows)} more functions`));
  }

  row({ name, self, total }) {
    const bar = el("i", { class: "meter", style: { width: `${this.whole > 0 ? Math.max(0, Math.min(100, (100 * self) / this.whole)) : 0}%` } });
    return el("tr", {},
      el("td", { class: "number" }, amount(self, this.type.unit)), el("td", { class: "number faint" }, percent(self, this.whole)),
      el("td", { class: "number" }, amount(total, this.type.unit)), el("td", { class: "number faint" }, percent(total, this.whole)),
      el("td", { class: "function" }, name, bar));
  }

  close() {
    this.flame?.close();
  }
}
