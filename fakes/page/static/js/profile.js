// One profile: what it counts, its flame graph, and its functions in order of what they cost.

import * as api from "./api.js";
import { el, fill, icon } from "./dom.js";
import { FlameView } from "./flameview.js";
import { amount, count, duration, percent, plural } from "./format.js";
import { ProfileReader } from "./profilereader.js";
import { attempt } from "./toast.js";

const mostRows = 200;

// ProfileView shows a profile in an element.
export class ProfileView {
  constructor() {
    this.types = el("select", { "aria-label": "Sample type", onchange: () => attempt(() => this.redraw()) });
    this.find = el("input", { class: "field", type: "search", placeholder: "Find a function", "aria-label": "Find a function", oninput: () => this.search() });
    this.share = el("span", { class: "share" });
    this.shape = el("div", { class: "switch", role: "group", "aria-label": "View" },
      this.view("flame", "Flame graph"), this.view("top", "Top"));
    this.flameRoot = el("div", { class: "flame" });
    this.topRoot = el("div", { class: "top", hidden: true });
    this.node = el("div", { class: "profile" });
    this.table = []; // functions in order of what they cost, and the whole, once there is something
    this.whole = { self: 0, total: 0 };
  }

  view(name, text) {
    return el("button", { type: "button", "aria-pressed": String(name === "flame"), dataset: { view: name }, onclick: () => this.turn(name) }, text);
  }

  // show fetches a profile and draws it; with another URL, the difference from that one. It reports what is wrong on the page.
  async show(url, signal, before) {
    this.close();
    fill(this.node, el("p", { class: "quiet-text" }, "Reading the profile …"));
    const reader = (this.reader = new ProfileReader());
    try {
      const buffers = await Promise.all([url, before].filter(Boolean).map((u) => api.bytes(u, signal)));
      this.profiles = await reader.open(...buffers);
      if (before && !sameTypes(...this.profiles)) throw new Error("they count different things");
      if (reader === this.reader) await this.put(url);
    } catch (cause) {
      if (cause.name !== "AbortError" && reader === this.reader) fill(this.node, el("p", { class: "problem" }, `This profile cannot be drawn: ${cause.message}`));
    }
  }

  put(url) {
    const [now] = this.profiles;
    fill(this.types, now.types.map((t, i) => el("option", { value: i }, `${t.type} · ${t.unit}`)));
    this.types.value = now.defaultType;
    this.types.hidden = now.types.length === 1;
    fill(this.node,
      el("div", { class: "profile-tools" }, this.types, this.shape, this.find, this.share, el("span", { class: "grow" }),
        el("a", { class: "quiet", href: url, download: "", title: "Download as pprof" }, icon("download"), "pprof")),
      this.profiles.length > 1 && scale(), this.flameRoot, this.topRoot);
    this.flame = new FlameView(this.flameRoot);
    return this.redraw();
  }

  get type() {
    return this.profiles[0].types[Number(this.types.value)] ?? { type: "", unit: "" };
  }

  async redraw() {
    const { reader } = this;
    const { frames, rows } = await reader.draw(Number(this.types.value));
    if (reader !== this.reader) return;
    frames[0].name = this.about();
    this.flame.show(frames, this.type.unit);
    this.table = rows;
    this.whole = frames[0];
    this.search();
  }

  about() {
    const [now, before] = this.profiles;
    if (before) return `${this.type.type || "all"}, ${plural(before.samples, "sample")} before, ${count(now.samples)} now`;
    const parts = [this.type.type || "all", plural(now.samples, "sample")];
    if (now.duration > 0) parts.push(`over ${duration(now.duration)}`);
    return parts.join(", ");
  }

  search() {
    const { ids, total } = this.flame.search(this.find.value);
    this.share.textContent = this.find.value.trim() === "" ? "" : ids.size === 0 ? "not found" : `${percent(total, this.whole.total)} of all`;
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
    const names = this.whole.before ? ["Before", "", "Now", "", "Function"] : ["Self", "", "Total", "", "Function"];
    fill(this.topRoot, el("table", { class: "table" },
      el("thead", {}, el("tr", {}, names.map((t, i) => el("th", { class: i < 4 ? "number" : "", scope: "col" }, t)))),
      el("tbody", {}, rows.slice(0, mostRows).map((r) => this.row(r)))),
    rows.length > mostRows && el("p", { class: "quiet-text" }, `and ${count(rows.length - mostRows)} more functions`));
  }

  row({ name, self, total, before }) {
    const all = this.whole;
    const [left, leftWhole, right, rightWhole] = before ? [before.self, all.before.total, self - before.self, all.total - all.before.total] : [self, all.total, total, all.total];
    const bar = el("i", { class: "meter", style: { width: `${all.total > 0 ? Math.max(0, Math.min(100, (100 * self) / all.total)) : 0}%` } });
    return el("tr", {},
      el("td", { class: "number" }, amount(left, this.type.unit)), el("td", { class: "number faint" }, percent(left, leftWhole)),
      el("td", { class: "number" }, amount(right, this.type.unit)), el("td", { class: "number faint" }, percent(right, rightWhole)),
      el("td", { class: "function" }, name, bar));
  }

  // close ends the reader; what is still being read is not drawn.
  close() {
    this.flame?.close();
    this.reader?.close();
    this.reader = null;
  }
}

// sameTypes tells whether two profiles count the same things in the same order.
function sameTypes(a, b) {
  return JSON.stringify(a.types) === JSON.stringify(b.types);
}

// scale explains the colours of a difference.
function scale() {
  return el("p", { class: "scale quiet-text" }, "a smaller share ", [-3, -2, -1, 0, 1, 2, 3].map((g) => el("i", { class: `swatch grade${g}` })), " a larger share than before");
}
