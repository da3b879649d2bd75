// What a pyroscope holds, merged over all profiles that are asked for, or compared over two times.

import * as api from "./api.js";
import { el, fill } from "./dom.js";
import { labels, moment, plural, stamp } from "./format.js";
import { paneHead } from "./panehead.js";
import { ProfileView } from "./profile.js";
import { note } from "./route.js";
import { labelsNode } from "./series.js";
import { attempt } from "./toast.js";

// ProfilesPane asks for one profile type, with a selector, of a time. What was asked stands in the address.
export class ProfilesPane {
  constructor(root, { close }) {
    Object.assign(this, { root, leave: close });
  }

  async show(fake, { q: selector = "", type = "" }) {
    this.stop();
    this.fake = fake;
    this.types = el("select", { "aria-label": "Profile type", onchange: () => this.run() });
    this.find = el("input", { class: "field wide", type: "search", list: "selectors", placeholder: '{service_name="shop"}', "aria-label": "Selector", autocomplete: "off", spellcheck: "false", onkeydown: (e) => this.key(e), onchange: () => this.run() });
    this.find.value = selector;
    this.offers = el("datalist", { id: "selectors" });
    this.times = { now: timeRange("from", "until", () => this.run()), before: timeRange("against", "until", () => this.run()) };
    this.compare = el("button", { class: "quiet", type: "button", "aria-pressed": "false", title: "Compare with another time", onclick: () => this.turn() }, "Compare");
    this.told = el("div", { class: "held" });
    this.place = el("div");
    fill(this.root, paneHead(el("h2", {}, `Profiles in ${fake.id}`, el("span", { class: "faint" }, " merged, of all tenants")), this.leave),
      el("div", { class: "content" }, el("div", { class: "profile-tools" }, this.types, this.find, this.offers, this.compare),
        el("div", { class: "profile-tools" }, this.times.now.node, this.times.before.node), this.place, this.told));
    this.times.before.node.hidden = true;
    await this.refresh(type);
    if (this.held?.profiles?.length > 0) this.run();
  }

  // refresh asks what there is, and keeps what is chosen.
  async refresh(type = this.types.value) {
    const { signal } = (this.asking = new AbortController());
    this.held = await attempt(() => api.held(this.fake.id, signal));
    if (!this.held || signal.aborted) return;
    const all = this.held.profiles ?? [];
    const ids = [...new Set(all.map((p) => p.type))].sort();
    fill(this.types, ids.map((id) => el("option", { value: id }, id.split(":").slice(0, 2).join(" · "))));
    this.types.value = ids.includes(type) ? type : (ids[0] ?? "");
    fill(this.offers, [...new Set(all.map(selectorOf))].slice(0, 200).map((value) => el("option", { value })));
    this.list(all);
  }

  // list shows the series there are; a click asks for one.
  list(all) {
    const head = el("h3", {}, all.length === 0 ? "It holds no profiles yet" : `It holds ${plural(all.reduce((n, p) => n + p.profiles, 0), "profile")}`);
    fill(this.told, head, all.length > 0 && el("table", { class: "table" },
      el("thead", {}, el("tr", {}, ["Type", "Labels", "Profiles", "Newest"].map((n, i) => el("th", { scope: "col", class: i > 1 ? "number" : "" }, n)))),
      el("tbody", {}, all.slice(0, 300).map((p) => el("tr", {},
        el("td", {}, el("button", { class: "text", type: "button", onclick: () => this.choose(p) }, p.type.split(":").slice(0, 2).join(" · "))),
        el("td", { class: "labels" }, labelsNode(p.labels), p.tenant && el("span", { class: "tag" }, p.tenant)),
        el("td", { class: "number" }, p.profiles), el("td", { class: "number faint", title: moment(p.until) }, stamp(p.until, Date.now())))))));
  }

  choose(series) {
    this.types.value = series.type;
    this.find.value = selectorOf(series);
    this.run();
  }

  turn() {
    const on = this.compare.getAttribute("aria-pressed") !== "true";
    this.compare.setAttribute("aria-pressed", String(on));
    this.times.before.node.hidden = !on;
    const { from = 0, until = 0 } = this.held ?? {}, second = (ms) => Math.ceil(ms / 1000) * 1000, middle = second((from + until) / 2);
    this.times.before.set(on ? [from, middle] : []);
    this.times.now.set(on ? [middle, second(until + 1)] : []);
    this.run();
  }

  key(event) {
    if (event.key === "Enter") this.run();
  }

  run() {
    this.doing?.abort();
    this.profile?.close();
    if (this.types.value === "") return;
    const asked = { type: this.types.value, selector: this.find.value.trim() };
    const url = (range) => api.mergedURL(this.fake.id, { ...asked, ...range.value });
    this.doing = new AbortController();
    this.profile = new ProfileView();
    fill(this.place, this.profile.node);
    note(this.fake.id, "profiles", { q: asked.selector, type: asked.type });
    this.profile.show(url(this.times.now), this.doing.signal, this.times.before.node.hidden ? undefined : url(this.times.before));
  }

  // update is told that the fake has changed. What is drawn stays until somebody asks again.
  update(fake) {
    const more = fake.requests !== this.fake.requests;
    this.fake = fake;
    if (!more) return;
    const empty = !(this.held?.profiles?.length > 0);
    this.refresh().then(() => empty && this.held?.profiles?.length > 0 && this.run());
  }

  stop() {
    this.asking?.abort();
    this.doing?.abort();
    this.profile?.close();
    this.profile = null;
  }
}

// selectorOf finds one series.
function selectorOf({ labels: set, tenant }) {
  return labels(tenant ? [...set, { name: "__tenant_id__", value: tenant }] : set);
}

// timeRange is two boxes for moments in whole seconds, the second one not included. value is {from, until}, 0 for what was not chosen; set takes
// both in milliseconds, or nothing.
function timeRange(from, until, changed) {
  const box = (name) => el("input", { class: "field time", type: "datetime-local", step: "1", onchange: changed, "aria-label": name });
  const boxes = [box(from), box(until)];
  return {
    node: el("div", { class: "range", role: "group", "aria-label": `${from} and ${until}` }, el("span", {}, from), boxes[0], el("span", {}, until), boxes[1]),
    get value() {
      const [a, b] = boxes.map((node) => Date.parse(node.value) || 0);
      return { from: a, until: b && b - 1 };
    },
    set(moments) {
      boxes.forEach((node, i) => (node.value = moments.length > 0 ? moment(moments[i]).replace(" ", "T").slice(0, 19) : ""));
    },
  };
}
